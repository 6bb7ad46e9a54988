// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A host that lends its buckets, which SQLite stores, to plugins of the world demo:store/plugin, and uses the blobs
// that the plugins implement. It shows normal work, refused misuse, a trap that leaks nothing, and a leak report.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "bucket.hpp"
#include "holdfast/holdfast.hpp"

using holdfast::HostResult, holdfast::Own, holdfast::Borrow;
using Bytes = std::vector<std::uint8_t>;

constexpr auto kv = "demo:store/kv@0.1.0", blobs = "demo:store/blobs@0.1.0", misuse = "demo:store/misuse@0.1.0";
struct Blob;  // stands for the plugins' resource

Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }

holdfast::Linker make_linker(const holdfast::Engine& engine, std::shared_ptr<Database> database) {
  holdfast::Linker linker(engine);
  linker.instance(kv)
      .resource<Bucket>("bucket")
      .func("[constructor]bucket", [database](std::string name) { return Bucket(database, std::move(name)); })
      .func("[method]bucket.get", &Bucket::get)
      .func("[method]bucket.set", &Bucket::set)
      .func("[static]bucket.open-count", &Bucket::open_count);
  linker.instance("demo:store/inspector@0.1.0")
      .func("take", [](Bucket bucket) { std::printf("  host: took the bucket \"%s\"\n", bucket.name().c_str()); })
      .func("replace", [](Bucket&, Bucket) {});
  return linker;
}

/// a = blob("hello"); b = blob("wor"); b.write("ld"); m = merge(a, b); m.read(100)
HostResult<std::string> hello_world(const holdfast::Instance& plugin) {
  HOLDFAST_TRY(plugin.resource_type<Blob>(blobs, "blob"));
  HOLDFAST_TRY_ASSIGN(auto make, plugin.func<Own<Blob>(Bytes)>(blobs, "[constructor]blob"));
  HOLDFAST_TRY_ASSIGN(auto write, plugin.func<void(Borrow<Blob>, Bytes)>(blobs, "[method]blob.write"));
  HOLDFAST_TRY_ASSIGN(auto read, plugin.func<Bytes(Borrow<Blob>, std::uint32_t)>(blobs, "[method]blob.read"));
  HOLDFAST_TRY_ASSIGN(auto merge, plugin.func<Own<Blob>(Own<Blob>, Own<Blob>)>(blobs, "[static]blob.merge"));

  HOLDFAST_TRY_ASSIGN(Own<Blob> a, make(bytes("hello")));
  HOLDFAST_TRY_ASSIGN(Own<Blob> b, make(bytes("wor")));
  HOLDFAST_TRY(write(b, bytes("ld")));
  HOLDFAST_TRY_ASSIGN(const Bytes written, read(b, 100));
  std::printf("  b.read(100) == \"%s\"\n", std::string(written.begin(), written.end()).c_str());
  HOLDFAST_TRY_ASSIGN(Own<Blob> merged, merge(std::move(a), std::move(b)));
  const auto refused = write(b, bytes("!"));  // b was given away
  std::printf("  writing to b after it was moved: %s\n", refused ? "accepted?!" : refused.error().message().c_str());
  HOLDFAST_TRY_ASSIGN(const Bytes all, read(merged, 100));
  HOLDFAST_TRY(merged.close());
  return std::string(all.begin(), all.end());
}

/// Runs `use` with an instance of the plugin in a store of its own, and prints what is left when the store closes.
void show(const holdfast::Engine& engine, const holdfast::Linker& linker, const char* title,
          const std::filesystem::path& file, auto&& use) {
  std::printf("\n%s (%s)\n", title, file.filename().c_str());
  if (!std::filesystem::exists(file)) {
    std::string reason;
    std::getline(std::ifstream(std::filesystem::path(file).replace_extension(".left_out.txt")), reason);
    std::printf("  left out: %s\n", reason.c_str());
    return;
  }
  const auto component = holdfast::value_or_throw(holdfast::Component::load(engine, file));
  auto store = holdfast::value_or_throw(holdfast::Store::create(engine, {.track_handles = true}));
  const auto plugin = holdfast::value_or_throw(linker.instantiate(store, component));
  const HostResult<std::string> result = use(store, plugin);
  if (result) {
    std::printf("  result: %s\n", result->c_str());
  } else {
    std::printf("  %s: %s", name_of(result.error().kind()).data(), result.error().message().c_str());
    std::printf(number_of(result.error().rule()) != 0 ? " [rule %u]\n" : "\n", number_of(result.error().rule()));
  }
  std::printf("  buckets open now: %u\n", Bucket::open_count());
  const auto report = holdfast::value_or_throw(store.close());
  std::printf("  store closed: %zu leaks, %zu failed drops, buckets open: %u\n%s", report.leaks.size(),
              report.failed_drops.size(), Bucket::open_count(), to_string(report).c_str());
}

int main() try {
  const auto engine = holdfast::value_or_throw(holdfast::Engine::create());
  const auto database = Database::open();
  if (!database) throw std::runtime_error(database.error());
  const holdfast::Linker linker = make_linker(engine, *database);
  const std::filesystem::path built = PLUGIN_DIR, texts = TEXT_PLUGIN_DIR;

  const auto work = [](holdfast::Store&, const holdfast::Instance& plugin) { return hello_world(plugin); };
  show(engine, linker, "A plugin written as component text", texts / "well_behaved.wat", work);
  show(engine, linker, "The same in C", built / "c_plugin.wasm", work);
  show(engine, linker, "The same in JavaScript (its engine panics in merge: a trap)", built / "js_plugin.wasm", work);
  show(engine, linker, "A plugin that traps while it holds two buckets", texts / "trapping.wat", work);
  show(engine, linker, "A plugin that forgets its buckets", texts / "forgetful.wat", work);

  for (const char* mistake : {"use-after-move", "double-drop", "move-while-lent", "drop-while-lent"}) {
    const auto provoke = [&](holdfast::Store&, const holdfast::Instance& plugin) -> HostResult<std::string> {
      HOLDFAST_TRY_ASSIGN(const auto function, plugin.func<void()>(misuse, mistake));
      HOLDFAST_TRY(function());
      return "accepted?!";
    };
    show(engine, linker, (std::string("A plugin that makes a mistake: ") + mistake).c_str(), texts / "misbehaving.wat",
         provoke);
  }
  show(engine, linker, "A plugin that keeps a borrow past its call", texts / "misbehaving.wat",
       [&](holdfast::Store& store, const holdfast::Instance& plugin) -> HostResult<std::string> {
         HOLDFAST_TRY_ASSIGN(const auto keep, plugin.func<void(Borrow<Bucket>)>(misuse, "keep-borrow"));
         HOLDFAST_TRY_ASSIGN(const Own<Bucket> bucket, store.hold(Bucket(*database, "mine")));
         HOLDFAST_TRY(keep(bucket));
         return "accepted?!";
       });
} catch (const std::exception& error) {
  std::fprintf(stderr, "plugin_host: %s\n", error.what());
  return 1;
}
