// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared by the tests of this layer: one engine, a fixture with a store and a linker, component texts, and matchers for
// the results of calls. The fixture owns its store and linker. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "holdfast/diagnostics/testing/matchers.hpp"
#include "holdfast/embed/component.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/store.hpp"

namespace holdfast::embed_test {

using matchers::Closed;
using matchers::describe;
using matchers::Fails;
using matchers::Gives;
using matchers::Limit;
using matchers::Misuse;
using matchers::need;
using matchers::Succeeds;
using matchers::Traps;

/// One engine for all tests of the program.
const Engine& engine();

Component compile(std::string_view text);

/// A function that a component imports from the interface test:host/api and exports under the same name. The component
/// passes its arguments and its result on unchanged.
struct PassedOn {
  std::string name;
  std::string type;              ///< after `func`: (param "x" u32) (result u32)
  std::string core_parameters;   ///< i32 i64 ..., without the pointer to a result in memory
  std::string core_result = {};  ///< i32; empty for none; "memory" for a result that is passed in memory
  std::string borrowed = {};  ///< if not empty, the first parameter is a borrow of this type and dropped after the call
};

/// A type with a name: {"point", "(record (field \"x\" f32))"} or {"bucket", "resource"}. Its definition may use
/// earlier types, as $point.
struct NamedType {
  std::string name;
  std::string definition;
};

/// The text of a component with these functions. It has a memory of 16 pages and an allocator that never frees.
std::string passing_on(const std::vector<PassedOn>& functions, const std::vector<NamedType>& types = {});

/// A component that implements the resource `blob`, a number, in the interface test:guest/blobs@1.2.0:
///   [constructor]blob(u32), [method]blob.get() -> u32, merge(own, own) -> own (the sum),
///   twice(own) -> tuple<own, option<own>> (it and 2 * it), total(list<borrow>) -> u32, forget(own),
///   count() -> u32: blobs that are alive,
///   ping() -> u32: the result of the imported function test:host/api/pong (1 without `calls_host`).
/// The destructor of the blob 666 traps. With `calls_host`, the destructor calls test:host/api/gone(u32).
std::string blobs(bool calls_host = false);

inline constexpr std::string_view blobs_interface = "test:guest/blobs@1.2.0";
struct Blob;  // the tag type of `blob`

/// A component whose export `run` has the core body `body`, which may call $f: () -> () of test:host/api.
std::string running(std::string_view body);

class Api : public ::testing::Test {
 protected:
  explicit Api(const StoreOptions& options = {}) : linker(engine()), store(need(Store::create(engine(), options))) {}

  Linker::InstanceBuilder api() { return linker.instance("test:host/api"); }
  Instance start(std::string_view text) { return need(linker.instantiate(store, compile(text))); }

  Linker linker;
  Store store;
};

/// The exports of an instance of `blobs`, with their C++ types.
struct Blobs {
  explicit Blobs(const Instance& guest);
  /// Binds Blob to the resource type of `guest`, which it returns.
  static Instance bound(const Instance& guest);

  Instance instance;
  Func<Own<Blob>(std::uint32_t)> make;
  Func<std::uint32_t(Borrow<Blob>)> get;
  Func<Own<Blob>(Own<Blob>, Own<Blob>)> merge;
  Func<std::tuple<Own<Blob>, std::optional<Own<Blob>>>(Own<Blob>)> twice;
  Func<std::uint32_t(std::vector<Borrow<Blob>>)> total;
  Func<void(Own<Blob>)> forget;
  Func<std::uint32_t()> count;
};

}  // namespace holdfast::embed_test
