// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes the whole host: loads any bytes, links them with a small host, instantiates them in a store with tight limits,
// and calls every exported function with arguments derived from the input. Whatever the guest does, the store closes
// and every host resource is destroyed.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/abi/testing/random_value.hpp"
#include "holdfast/component/program/program.hpp"
#include "holdfast/embed/caller.hpp"
#include "holdfast/embed/component.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/store.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;
using fuzz::require;

constexpr std::size_t max_calls = 32;
constexpr std::uint32_t max_parameter_size = 4096;  // bytes; random values of fixed-length lists have full length
constexpr std::uint64_t fuel_of_a_call = 20'000;
constexpr StoreLimits limits{.handles = 200,
                             .handles_per_instance = 100,
                             .instances = 50,
                             .core_instances = 50,
                             .memory_bytes = 4 << 20,
                             .table_elements = 10'000,
                             .call_depth = 10,
                             .lifted_bytes_per_call = 1 << 20,
                             .fuel = fuel_of_a_call};

int live_things = 0;

/// The host's resource.
class Thing {
 public:
  explicit Thing(std::uint32_t id) noexcept : id_(id) { ++live_things; }
  Thing(Thing&& other) noexcept : id_(other.id_) { ++live_things; }
  Thing& operator=(Thing&&) = delete;
  ~Thing() { --live_things; }
  std::uint32_t id() const noexcept { return id_; }

 private:
  std::uint32_t id_;
};

const Engine& the_engine() {
  static const Engine engine = [] {
    auto created = Engine::create({.fuel = true, .cache_directory = std::nullopt});
    require(created.has_value());
    return *std::move(created);
  }();
  return engine;
}

const Linker& linker() {
  static const Linker filled_linker = [] {
    Linker filled(the_engine());
    filled.instance("host")
        .resource<Thing>("thing")
        .func("log", [](std::uint32_t) {})
        .func("make-thing", [](std::uint32_t id) { return Thing(id); })
        .func("id-of", [](const Thing& thing) { return thing.id(); })
        .func("take-thing", [](Thing) {})
        .func("echo", [](std::string_view text) { return std::string(text); });
    return filled;
  }();
  return filled_linker;
}

/// Calls the functions of `exports`, and of the instances in it.
class ExportCaller {
 public:
  ExportCaller(Store& store, const Instance& instance, const component::Program& program, std::uint32_t seed)
      : store_(store), instance_(instance), program_(program), random_(seed) {}

  void call_all(const component::ExportTree& exports, const std::string& interface_name = {}) {
    for (const auto& [name, item] : exports) {
      if (const auto* function = std::get_if<component::ComponentFunction>(&item.item))
        call(interface_name, name, *function);
      if (const auto* nested = std::get_if<component::ExportTree>(&item.item)) call_all(*nested, name);
    }
  }

 private:
  void call(const std::string& interface_name, const std::string& name, const component::ComponentFunction& function) {
    const auto* lifted = std::get_if<component::LiftedFunctionId>(&function);
    if (lifted == nullptr || calls_++ >= max_calls) return;
    const component::FunctionType& type = program_.types[program_.lifted_functions[*lifted].type];
    std::vector<Val> arguments;
    for (const auto& parameter : type.parameters) {
      const component::InterfaceType& parameter_type = program_.types[parameter.type];
      if (parameter_type.has_handle || parameter_type.size > max_parameter_size) return;
      arguments.push_back(random_.value(program_.types, parameter.type));
    }
    require(store_.set_fuel(fuel_of_a_call).has_value());
    const auto called = instance_.call(interface_name, name, arguments);
    if (!called) require(called.error().kind() != ErrorKind::closed && !called.error().message().empty());
  }

  Store& store_;
  const Instance& instance_;
  const component::Program& program_;
  abi::testing::RandomValues random_;
  std::size_t calls_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto component = Component::from_bytes(the_engine(), std::as_bytes(std::span(data, size)));
  if (!component) return 0;
  const auto linked = linker().link(*component);
  if (!linked) {
    require(linked.error().kind() == ErrorKind::link || linked.error().kind() == ErrorKind::unsupported);
    return 0;
  }
  {
    auto store = Store::create(the_engine(), {.limits = limits});
    require(store.has_value());
    {
      const auto instance = linked->instantiate(*store);
      if (instance) {
        const component::Program& program = component->program();
        ExportCaller(*store, *instance, program, static_cast<std::uint32_t>(size)).call_all(program.exports);
      }
    }
    require(store->handles().live <= limits.handles);
    require(store->close().has_value());
  }
  require(live_things == 0);
  return 0;
}
