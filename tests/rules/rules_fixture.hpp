// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fixture of the rule tests: a store, a host whose resource `thing` records its destruction, short forms for calls,
// and matchers for their results. The fixture owns everything; one thread.
#pragma once

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "component_text.hpp"
#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/testing/matchers.hpp"
#include "holdfast/embed/caller.hpp"
#include "holdfast/embed/component.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/embed/store.hpp"

namespace holdfast {

/// For the messages of failed tests.
template <class T>
void PrintTo(const HostResult<T>& result, std::ostream* out) {
  *out << (result ? "a value" : "an error");
}

}  // namespace holdfast

namespace holdfast::rules {

/// Events in order: "log 5" (a guest called `log`), "~thing 7" (a host resource was destroyed).
using Journal = std::vector<std::string>;

/// The host's resource. Destroying a moved-from thing records nothing.
class Thing {
 public:
  Thing(std::uint32_t id, Journal& journal) : id_(id), journal_(&journal) {}
  Thing(Thing&& other) noexcept : id_(other.id_), journal_(std::exchange(other.journal_, nullptr)) {}
  Thing& operator=(Thing&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(journal_, other.journal_);
    return *this;
  }
  ~Thing() {
    if (journal_ != nullptr) journal_->push_back("~thing " + std::to_string(id_));
  }
  std::uint32_t id() const { return id_; }

 private:
  std::uint32_t id_;
  Journal* journal_;
};

// Host functions that the fixture's linker defines.
extern const Function make_thing;     ///< make-thing: func(id: u32) -> own<thing>
extern const Function id_of;          ///< id-of: func(t: borrow<thing>) -> u32
extern const Function take_thing;     ///< take-thing: func(t: own<thing>); destroys it
extern const Function take_and_look;  ///< take-and-look: func(t: own<thing>, b: borrow<thing>)
extern const Function poke;           ///< poke: func(x: u32) -> u32; calls Rules::on_poke

/// One engine for all tests of the program.
const Engine& engine();

using Called = HostResult<std::optional<Val>>;

class Rules : public ::testing::Test {
 protected:
  explicit Rules(const StoreOptions& options = {});

  /// Compiles and instantiates `text`; a failure ends the test.
  Instance start(const std::string& text) { return start(store, text); }
  Instance start(Store& in, const std::string& text);
  HostResult<Instance> try_start(const std::string& text);

  /// A new host resource that the host owns, as a value to pass. Contract: some instance in the store uses `thing`.
  Val hold(std::uint32_t id);

  Linker::InstanceBuilder host() { return linker.instance("host"); }

  Journal journal;
  std::function<std::uint32_t(Caller&, std::uint32_t)> on_poke = [](Caller&, std::uint32_t x) { return x; };
  Linker linker;
  Store store;
};

/// Parses, validates and compiles one component, without linking it.
HostResult<Component> load(const std::string& text);

/// `name` is "function" or "interface/function".
Called call(const Instance& instance, std::string_view name, std::initializer_list<Val> arguments = {});
Called call(const Instance& instance, std::string_view name, const std::vector<Val>& arguments);

/// The value that a call returned; a failure ends the test.
Val value_of(Called called);

/// A borrow of `own`, to pass as an argument.
Val borrow_of(const Val& own);

using matchers::Closed;
using matchers::describe;
using matchers::Fails;
using matchers::Limit;
using matchers::Misuse;
using matchers::need;
using matchers::Succeeds;
using matchers::Traps;

/// The call returned this number.
MATCHER_P(Returns, expected, "returns " + ::testing::PrintToString(expected)) {
  if (!arg) {
    *result_listener << "which failed: " << describe(arg.error());
    return false;
  }
  if (!arg->has_value()) {
    *result_listener << "which returned nothing";
    return false;
  }
  const auto number = (*arg)->as_u32();
  if (!number) {
    *result_listener << "which returned " << (*arg)->to_wave();
    return false;
  }
  *result_listener << "which returned " << *number;
  return *number == static_cast<std::uint32_t>(expected);
}

// Words of the trap messages.
inline constexpr std::string_view wrong_type = "used with the wrong type";
inline constexpr std::string_view lent = "cannot remove owned resource while borrowed";
inline constexpr std::string_view not_own = "cannot lift own resource from a borrow";
inline constexpr std::string_view borrows_remain = "borrow handles still remain at the end of the call";
inline constexpr std::string_view cannot_leave = "cannot leave component instance";
inline constexpr std::string_view cannot_enter = "cannot enter component instance";

}  // namespace holdfast::rules
