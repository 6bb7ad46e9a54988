// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// without_generator PLUGIN: a host resource that is an ordinary C++ class, and a plugin's resource used from C++.
// PLUGIN is a component of the world demo:store/plugin (examples/plugin_host/wit).
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <holdfast/holdfast.hpp>

using Bytes = std::vector<std::uint8_t>;

class Bucket {  // no base class, no macro
 public:
  explicit Bucket(std::string name) : name_(std::move(name)) { ++open_; }
  Bucket(Bucket&& other) noexcept : name_(std::move(other.name_)), values_(std::move(other.values_)) { ++open_; }
  ~Bucket() { --open_; }

  std::optional<Bytes> get(std::string_view key) const {
    const auto entry = values_.find(key);
    return entry == values_.end() ? std::nullopt : std::optional(entry->second);
  }
  std::expected<void, std::string> set(std::string_view key, std::span<const std::uint8_t> value) {
    if (key.empty()) return std::unexpected("a key must not be empty");
    values_.insert_or_assign(std::string(key), Bytes(value.begin(), value.end()));
    return {};
  }
  static std::uint32_t open_count() { return open_; }

 private:
  static inline std::uint32_t open_ = 0;
  std::string name_;
  std::map<std::string, Bytes, std::less<>> values_;
};

struct Blob;  // stands for the plugin's resource type

holdfast::HostResult<void> run(const char* plugin_file) {
  HOLDFAST_TRY_ASSIGN(const auto engine, holdfast::Engine::create());
  HOLDFAST_TRY_ASSIGN(const auto component, holdfast::Component::load(engine, plugin_file));

  holdfast::Linker linker(engine);
  linker.instance("demo:store/kv@0.1.0")
      .resource<Bucket>("bucket")  // destructor: ~Bucket
      .func("[constructor]bucket", [](std::string name) { return Bucket(std::move(name)); })
      .func("[method]bucket.get", &Bucket::get)
      .func("[method]bucket.set", &Bucket::set)
      .func("[static]bucket.open-count", &Bucket::open_count);

  HOLDFAST_TRY_ASSIGN(auto store, holdfast::Store::create(engine));
  HOLDFAST_TRY_ASSIGN(const auto plugin, linker.instantiate(store, component));

  constexpr auto blobs = "demo:store/blobs@0.1.0";
  using holdfast::Borrow, holdfast::Own;
  HOLDFAST_TRY(plugin.resource_type<Blob>(blobs, "blob"));
  HOLDFAST_TRY_ASSIGN(const auto blob, plugin.func<Own<Blob>(Bytes)>(blobs, "[constructor]blob"));
  HOLDFAST_TRY_ASSIGN(const auto write, plugin.func<void(Borrow<Blob>, Bytes)>(blobs, "[method]blob.write"));
  HOLDFAST_TRY_ASSIGN(const auto read, plugin.func<Bytes(Borrow<Blob>, std::uint32_t)>(blobs, "[method]blob.read"));

  HOLDFAST_TRY_ASSIGN(Own<Blob> greeting, blob(Bytes{'h', 'e', 'l', 'l'}));
  HOLDFAST_TRY(write(greeting, Bytes{'o'}));
  HOLDFAST_TRY_ASSIGN(const Bytes content, read(greeting, 100));
  std::printf("%.*s, %u buckets open\n", static_cast<int>(content.size()),
              reinterpret_cast<const char*>(content.data()), Bucket::open_count());

  HOLDFAST_TRY(greeting.close());  // or let ~Own do it
  HOLDFAST_TRY_ASSIGN(const auto report, store.close());
  std::printf("%zu handles leaked\n%s", report.leaks.size(), to_string(report).c_str());
  return {};
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: without_generator PLUGIN\n");
    return 64;
  }
  const auto done = run(argv[1]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  return done ? 0 : 70;
}
