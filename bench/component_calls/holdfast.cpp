// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks resource operations, calls, instantiation and loading in Holdfast.
// component_calls_holdfast --components=DIR --work=DIR [FILE…]: each FILE is a component to load from the cache.
#include "component_calls/cases.hpp"
#include "holdfast/engine/engine.hpp"
#include "support/program.hpp"
#include <holdfast/holdfast.hpp>

namespace {

using namespace holdfast;
using namespace holdfast::bench;
namespace fs = std::filesystem;

class HostCounter {
 public:
  explicit HostCounter(std::uint32_t start) : value_(start) {}
  std::uint32_t add(std::uint32_t amount) { return value_ += amount; }

 private:
  std::uint32_t value_;
};

struct GuestCounter;

void run_guest_loop(benchmark::State& state, const Engine& engine, const fs::path& file) {
  Linker linker(engine);
  linker.instance("bench:host/counters")
      .resource<HostCounter>("counter")
      .func("[constructor]counter", [](std::uint32_t start) { return HostCounter(start); })
      .func("[method]counter.add", &HostCounter::add);
  Store store = need(Store::create(engine));
  const Instance instance = need(linker.instantiate(store, need(Component::load(engine, file))));
  const auto run = need(instance.func<std::uint32_t(std::uint32_t)>("run"));
  while (state.KeepRunningBatch(batch)) benchmark::DoNotOptimize(need(run(batch)));
}

void call_guest_method(benchmark::State& state, const Engine& engine, const fs::path& file) {
  Store store = need(Store::create(engine));
  const Instance instance = need(Linker(engine).instantiate(store, need(Component::load(engine, file))));
  constexpr auto counters = "bench:guest/counters";
  need(instance.resource_type<GuestCounter>(counters, "counter"));
  const auto make = need(instance.func<Own<GuestCounter>(std::uint32_t)>(counters, "[constructor]counter"));
  const auto add =
      need(instance.func<std::uint32_t(Borrow<GuestCounter>, std::uint32_t)>(counters, "[method]counter.add"));
  const Own<GuestCounter> counter = need(make(0));
  for (auto _ : state) benchmark::DoNotOptimize(need(add(counter, 1)));
}

void instantiate(benchmark::State& state, const Engine& engine, const fs::path& file) {
  const InstancePre linked = need(Linker(engine).link(need(Component::load(engine, file))));
  for (auto _ : state) {
    Store store = need(Store::create(engine));
    benchmark::DoNotOptimize(need(linked.instantiate(store)));
  }
}

void load(benchmark::State& state, const fs::path& file, const fs::path& cache) {
  const Engine engine = need(Engine::create({.cache_directory = cache}));
  static_cast<void>(need(Component::load(engine, file)));
  for (auto _ : state) benchmark::DoNotOptimize(need(Component::load(engine, file)));
}

/// Converts the component to a binary file, because loading does not include parsing text.
fs::path as_binary(const fs::path& text, const fs::path& folder) {
  const auto bytes = need(engine::text_to_binary(read_file(text)));
  const fs::path binary = (folder / text.filename()).replace_extension("wasm");
  write_file(binary, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return binary;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  const Engine engine = need(Engine::create());
  const auto add = [&](const std::string& name, auto function, auto... arguments) {
    benchmark::RegisterBenchmark((name + "|" + options.who).c_str(), function, arguments...);
  };

  for (const GuestLoop& loop : guest_loops) add(loop.name, run_guest_loop, engine, options.components / loop.file);
  const fs::path counter = options.components / "guest_counter.wat";
  add("host to guest method", call_guest_method, engine, counter);
  add("instantiate", instantiate, engine, counter);

  const fs::path cache = options.work / "cache";
  fs::create_directories(cache);
  fs::permissions(cache, fs::perms::owner_all);  // the engine refuses a cache that others can write
  add("load from cache, guest_counter", load, as_binary(counter, options.work), cache);
  for (const fs::path& file : options.files) add("load from cache, " + file.stem().string(), load, file, cache);
  return run_all();
}
