// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks the cases of holdfast.cpp in Wasmtime's component runtime, through the C API of the same engine library.
// component_calls_wasmtime --who=NAME --components=DIR --work=DIR --concurrency=on|off [FILE…]
#include <deque>
#include <memory>
#include <optional>
#include <wasmtime.h>
#include <wasmtime/component.h>

#include "component_calls/cases.hpp"
#include "support/program.hpp"

namespace {

using namespace holdfast::bench;
namespace fs = std::filesystem;

template <auto delete_function>
struct Delete {
  void operator()(auto* thing) const { delete_function(thing); }
};
using Engine = std::unique_ptr<wasm_engine_t, Delete<wasm_engine_delete>>;
using Store = std::unique_ptr<wasmtime_store_t, Delete<wasmtime_store_delete>>;
using Component = std::unique_ptr<wasmtime_component_t, Delete<wasmtime_component_delete>>;
using Linker = std::unique_ptr<wasmtime_component_linker_t, Delete<wasmtime_component_linker_delete>>;
using LinkerInstance =
    std::unique_ptr<wasmtime_component_linker_instance_t, Delete<wasmtime_component_linker_instance_delete>>;
using ExportIndex = std::unique_ptr<wasmtime_component_export_index_t, Delete<wasmtime_component_export_index_delete>>;
using ResourceType =
    std::unique_ptr<wasmtime_component_resource_type_t, Delete<wasmtime_component_resource_type_delete>>;
using HostResource =
    std::unique_ptr<wasmtime_component_resource_host_t, Delete<wasmtime_component_resource_host_delete>>;

void check(wasmtime_error_t* error) {
  if (error == nullptr) return;
  wasm_name_t message;
  wasmtime_error_message(error, &message);
  stop({message.data, message.size});
}

Engine make_engine(bool concurrency) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_concurrency_support_set(config, concurrency);
  return Engine(wasm_engine_new_with_config(config));
}

/// The binary of a component file, which may be text.
std::string read_component(const fs::path& file) {
  const std::string text = read_file(file);
  if (text.starts_with(std::string_view("\0asm", 4))) return text;
  wasm_byte_vec_t bytes;
  check(wasmtime_wat2wasm(text.data(), text.size(), &bytes));
  std::string binary(bytes.data, bytes.size);
  wasm_byte_vec_delete(&bytes);
  return binary;
}

Component compile(wasm_engine_t* engine, std::string_view binary) {
  wasmtime_component_t* component = nullptr;
  check(
      wasmtime_component_new(engine, reinterpret_cast<const std::uint8_t*>(binary.data()), binary.size(), &component));
  return Component(component);
}

wasmtime_component_val_t u32(std::uint32_t value) {
  wasmtime_component_val_t component_value{};
  component_value.kind = WASMTIME_COMPONENT_U32;
  component_value.of.u32 = value;
  return component_value;
}

// --- the resource that the host implements; its rep is an index ---

struct HostCounters {
  static constexpr std::uint32_t type = 1;
  std::deque<std::uint32_t> values;
};

wasmtime_error_t* construct_counter(void* data, wasmtime_context_t* context, const wasmtime_component_func_type_t*,
                                    wasmtime_component_val_t* arguments, std::size_t, wasmtime_component_val_t* results,
                                    std::size_t) {
  auto& counters = *static_cast<HostCounters*>(data);
  counters.values.push_back(arguments[0].of.u32);
  const auto rep = static_cast<std::uint32_t>(counters.values.size() - 1);
  const HostResource resource(wasmtime_component_resource_host_new(true, rep, HostCounters::type));
  results[0].kind = WASMTIME_COMPONENT_RESOURCE;
  return wasmtime_component_resource_host_to_any(context, resource.get(), &results[0].of.resource);
}

wasmtime_error_t* add_to_counter(void* data, wasmtime_context_t* context, const wasmtime_component_func_type_t*,
                                 wasmtime_component_val_t* arguments, std::size_t, wasmtime_component_val_t* results,
                                 std::size_t) {
  auto& counters = *static_cast<HostCounters*>(data);
  wasmtime_component_resource_host_t* resource = nullptr;
  if (wasmtime_error_t* error = wasmtime_component_resource_any_to_host(context, arguments[0].of.resource, &resource)) {
    return error;
  }
  const std::uint32_t rep = wasmtime_component_resource_host_rep(resource);
  wasmtime_component_resource_host_delete(resource);
  if (rep >= counters.values.size()) return wasmtime_error_new("unknown counter");
  results[0] = u32(counters.values[rep] += arguments[1].of.u32);
  return nullptr;
}

wasmtime_error_t* drop_counter(void*, wasmtime_context_t*, std::uint32_t) { return nullptr; }

Linker make_linker(wasm_engine_t* engine, HostCounters& counters) {
  Linker linker(wasmtime_component_linker_new(engine));
  const LinkerInstance root(wasmtime_component_linker_root(linker.get()));
  constexpr std::string_view interface_name = "bench:host/counters";
  wasmtime_component_linker_instance_t* added = nullptr;
  check(wasmtime_component_linker_instance_add_instance(root.get(), interface_name.data(), interface_name.size(),
                                                        &added));
  const LinkerInstance interface(added);
  const ResourceType type(wasmtime_component_resource_type_new_host(HostCounters::type));
  constexpr std::string_view type_name = "counter";
  check(wasmtime_component_linker_instance_add_resource(interface.get(), type_name.data(), type_name.size(), type.get(),
                                                        drop_counter, nullptr, nullptr));
  const auto add = [&](std::string_view name, wasmtime_component_func_callback_t function) {
    check(wasmtime_component_linker_instance_add_func(interface.get(), name.data(), name.size(), function, &counters,
                                                      nullptr));
  };
  add("[constructor]counter", construct_counter);
  add("[method]counter.add", add_to_counter);
  return linker;
}

// --- an instance in its own store ---

class Guest {
 public:
  Guest(wasm_engine_t* engine, wasmtime_component_linker_t* linker, wasmtime_component_t* component)
      : store_(wasmtime_store_new(engine, nullptr, nullptr)) {
    check(wasmtime_component_linker_instantiate(linker, context(), component, &instance_));
  }

  wasmtime_context_t* context() const { return wasmtime_store_context(store_.get()); }

  /// The export `name`, of `interface_name` unless that is empty.
  wasmtime_component_func_t function(std::string_view interface_name, std::string_view name) const {
    ExportIndex interface;
    if (!interface_name.empty()) interface = index(nullptr, interface_name);
    const ExportIndex export_index = index(interface.get(), name);
    wasmtime_component_func_t function;
    if (!wasmtime_component_instance_get_func(&instance_, context(), export_index.get(), &function))
      stop("export " + std::string(name) + " is not a function");
    return function;
  }

 private:
  ExportIndex index(const wasmtime_component_export_index_t* parent, std::string_view name) const {
    ExportIndex export_index(
        wasmtime_component_instance_get_export_index(&instance_, context(), parent, name.data(), name.size()));
    if (!export_index) stop("export " + std::string(name) + " does not exist");
    return export_index;
  }

  Store store_;
  wasmtime_component_instance_t instance_;
};

// --- the cases ---

void run_guest_loop(benchmark::State& state, wasm_engine_t* engine, const fs::path& file) {
  HostCounters counters;
  const Linker linker = make_linker(engine, counters);
  const Guest guest(engine, linker.get(), compile(engine, read_component(file)).get());
  const wasmtime_component_func_t run = guest.function({}, "run");
  const wasmtime_component_val_t n = u32(batch);
  while (state.KeepRunningBatch(batch)) {
    wasmtime_component_val_t result{};
    check(wasmtime_component_func_call(&run, guest.context(), &n, 1, &result, 1));
    benchmark::DoNotOptimize(result);
  }
}

void call_guest_method(benchmark::State& state, wasm_engine_t* engine, const fs::path& file) {
  const Linker linker(wasmtime_component_linker_new(engine));
  const Guest guest(engine, linker.get(), compile(engine, read_component(file)).get());
  const wasmtime_component_func_t make = guest.function("bench:guest/counters", "[constructor]counter");
  const wasmtime_component_func_t add = guest.function("bench:guest/counters", "[method]counter.add");
  const wasmtime_component_val_t start = u32(0);
  wasmtime_component_val_t counter{};
  check(wasmtime_component_func_call(&make, guest.context(), &start, 1, &counter, 1));
  const wasmtime_component_val_t arguments[] = {counter, u32(1)};
  for (auto _ : state) {
    wasmtime_component_val_t result{};
    check(wasmtime_component_func_call(&add, guest.context(), arguments, 2, &result, 1));
    benchmark::DoNotOptimize(result);
  }
  check(wasmtime_component_resource_any_drop(guest.context(), counter.of.resource));
  wasmtime_component_resource_any_delete(counter.of.resource);
}

void instantiate(benchmark::State& state, wasm_engine_t* engine, const fs::path& file) {
  const Linker linker(wasmtime_component_linker_new(engine));
  const Component component = compile(engine, read_component(file));
  for (auto _ : state) {
    const Guest guest(engine, linker.get(), component.get());
    benchmark::DoNotOptimize(guest.context());
  }
}

Component load_compiled(wasm_engine_t* engine, const fs::path& compiled) {
  wasmtime_component_t* component = nullptr;
  check(wasmtime_component_deserialize_file(engine, compiled.c_str(), &component));
  return Component(component);
}

void load(benchmark::State& state, wasm_engine_t* engine, const fs::path& file, const fs::path& compiled) {
  if (!fs::exists(compiled)) {
    wasm_byte_vec_t bytes;
    check(wasmtime_component_serialize(compile(engine, read_component(file)).get(), &bytes));
    write_file(compiled, {bytes.data, bytes.size});
    wasm_byte_vec_delete(&bytes);
  }
  for (auto _ : state) benchmark::DoNotOptimize(load_compiled(engine, compiled));
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  const Engine engine = make_engine(options.concurrency);
  const auto add = [&](const std::string& name, auto function, auto... arguments) {
    benchmark::RegisterBenchmark((name + "|" + options.who).c_str(), function, engine.get(), arguments...);
  };
  for (const GuestLoop& loop : guest_loops) add(loop.name, run_guest_loop, options.components / loop.file);
  const fs::path counter = options.components / "guest_counter.wat";
  add("host to guest method", call_guest_method, counter);
  add("instantiate", instantiate, counter);

  std::vector<fs::path> files = options.files;
  files.insert(files.begin(), counter);
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    add("load from cache, " + name, load, file, options.work / (name + ".compiled"));
  }
  return run_all();
}
