// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers for the tests of this layer: modules from text, instances in a store, short calls.
#pragma once

#include <array>
#include <gtest/gtest.h>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/engine/engine.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::engine::testing_support {

using Cause = CallFailure::Cause;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline Engine make_engine(const EngineSettings& settings = {}) {
  auto engine = Engine::create(settings);
  if (!engine) ADD_FAILURE() << engine.error().to_string();
  return *engine;
}

inline Store make_store(const Engine& engine, const EngineLimits& limits = {}) {
  auto store = Store::create(engine, limits);
  if (!store) ADD_FAILURE() << store.error().to_string();
  return std::move(*store);
}

inline Module compile(const Engine& engine, std::string_view text) {
  const auto binary = text_to_binary(text);
  if (!binary) ADD_FAILURE() << binary.error().to_string();
  auto module = Module::compile(engine, *binary);
  if (!module) ADD_FAILURE() << module.error().to_string();
  return *module;
}

inline Instance instantiate(Store& store, const Module& module, const std::vector<Extern>& imports = {}) {
  const auto instance = store.instantiate(module, imports);
  if (!instance) ADD_FAILURE() << instance.error().message;
  return *instance;
}

inline Function function_of(Store& store, const Instance& instance, std::string_view name) {
  const auto item = store.get_export(instance, name);
  if (!item) ADD_FAILURE() << "no export " << name;
  return item->function();
}

/// Calls `function` with up to eight i32 arguments and returns its first result.
inline std::expected<std::uint32_t, CallFailure> call(Store& store, const Function& function,
                                                      std::initializer_list<std::uint32_t> arguments = {}) {
  std::array<RawValue, 8> values{};
  std::size_t next = 0;
  for (const auto argument : arguments) values[next++] = RawValue::from_i32(argument);
  auto result = store.call(function, values);
  if (!result) return std::unexpected(std::move(result).error());
  return values[0].i32();
}

inline std::expected<std::uint32_t, CallFailure> call(Store& store, const Instance& instance, std::string_view name,
                                                      std::initializer_list<std::uint32_t> arguments = {}) {
  return call(store, function_of(store, instance, name), arguments);
}

/// The environment of a host function that calls a guest, and fails if the guest fails.
struct Reentry {
  Store* store = nullptr;
  Function callee{};
  std::uint32_t depth = 0;
  std::optional<Cause> inner_cause{};

  static bool enter(void* environment, RawValue*) noexcept {
    auto& self = *static_cast<Reentry*>(environment);
    ++self.depth;
    const auto result = self.store->call(self.callee, {});
    if (!result && !self.inner_cause) self.inner_cause = result.error().cause;
    return result.has_value();
  }
};

}  // namespace holdfast::engine::testing_support
