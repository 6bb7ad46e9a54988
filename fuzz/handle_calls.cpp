// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes calls that pass handles. There are two components; one defines a resource, and the other and the host use it.
// Random operations run in them and in a slow, simple model that follows the text of the rules. Results, traps,
// indices, destructor calls and the handles left at the end must agree. After a trap, a new store replaces the old one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/embed/component.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/store.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;
using fuzz::require;

/// $Owner defines the resource and counts the calls of its destructor; $User does with handles what the caller asks.
constexpr std::string_view text = R"((component
  (component $Owner
    (core module $Count
      (global $gone (mut i32) (i32.const 0))
      (func (export "destructor") (param i32) (global.set $gone (i32.add (global.get $gone) (i32.const 1))))
      (func (export "gone") (result i32) (global.get $gone)))
    (core instance $count (instantiate $Count))
    (type $r' (resource (rep i32) (dtor (core func $count "destructor"))))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core func $drop (canon resource.drop $r'))
    (core module $Main
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "take") (param i32) (call $drop (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0))
      (func (export "look-two") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func (export "look-take") (param i32 i32) (call $drop (local.get 1)))
      (func (export "take-look") (param i32 i32) (call $drop (local.get 0))))
    (core instance $main (instantiate $Main (with "" (instance
      (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "gone") (result u32) (canon lift (core func $count "gone")))
    (func (export "make") (param "rep" u32) (result (own $r)) (canon lift (core func $main "make")))
    (func (export "take") (param "a" (own $r)) (canon lift (core func $main "take")))
    (func (export "look") (param "a" (borrow $r)) (result u32) (canon lift (core func $main "look")))
    (func (export "look-two") (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)
      (canon lift (core func $main "look-two")))
    (func (export "look-take") (param "a" (borrow $r)) (param "b" (own $r))
      (canon lift (core func $main "look-take")))
    (func (export "take-look") (param "a" (own $r)) (param "b" (borrow $r))
      (canon lift (core func $main "take-look"))))

  (component $User
    (import "owner" (instance $owner
      (export "r" (type $r (sub resource)))
      (export "make" (func (param "rep" u32) (result (own $r))))
      (export "take" (func (param "a" (own $r))))
      (export "look" (func (param "a" (borrow $r)) (result u32)))
      (export "look-two" (func (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)))
      (export "look-take" (func (param "a" (borrow $r)) (param "b" (own $r))))
      (export "take-look" (func (param "a" (own $r)) (param "b" (borrow $r))))))
    (alias export $owner "r" (type $r))
    (core func $drop (canon resource.drop $r))
    (core func $make (canon lower (func $owner "make")))
    (core func $take (canon lower (func $owner "take")))
    (core func $look (canon lower (func $owner "look")))
    (core func $look-two (canon lower (func $owner "look-two")))
    (core func $look-take (canon lower (func $owner "look-take")))
    (core func $take-look (canon lower (func $owner "take-look")))
    (core module $Main
      (import "" "drop" (func $drop (param i32)))
      (import "" "make" (func (param i32) (result i32)))
      (import "" "take" (func $take (param i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "look-two" (func (param i32 i32) (result i32)))
      (import "" "look-take" (func (param i32 i32)))
      (import "" "take-look" (func (param i32 i32)))
      (export "make" (func 1)) (export "drop" (func 0)) (export "take" (func 2)) (export "look" (func 3))
      (export "look-two" (func 4)) (export "look-take" (func 5)) (export "take-look" (func 6))
      (func (export "same") (param i32) (result i32) (local.get 0))
      ;; What to do with the borrow: 0 keep it, 1 drop it, 2 look and drop it, 3 drop it twice, 4 pass it as an own,
      ;; 5 drop it and the handle `other`.
      (func (export "borrowed") (param $borrow i32) (param $action i32) (param $other i32) (result i32)
        (local $seen i32)
        (local.set $seen (local.get $borrow))
        (if (i32.eqz (local.get $action)) (then (return (local.get $seen))))
        (if (i32.eq (local.get $action) (i32.const 2)) (then (local.set $seen (call $look (local.get $borrow)))))
        (if (i32.eq (local.get $action) (i32.const 4)) (then (call $take (local.get $borrow))))
        (call $drop (local.get $borrow))
        (if (i32.eq (local.get $action) (i32.const 3)) (then (call $drop (local.get $borrow))))
        (if (i32.eq (local.get $action) (i32.const 5)) (then (call $drop (local.get $other))))
        (local.get $seen)))
    (core instance $main (instantiate $Main (with "" (instance
      (export "drop" (func $drop)) (export "make" (func $make)) (export "take" (func $take))
      (export "look" (func $look)) (export "look-two" (func $look-two)) (export "look-take" (func $look-take))
      (export "take-look" (func $take-look))))))
    (func (export "make") (param "rep" u32) (result u32) (canon lift (core func $main "make")))
    (func (export "drop") (param "a" u32) (canon lift (core func $main "drop")))
    (func (export "take") (param "a" u32) (canon lift (core func $main "take")))
    (func (export "look") (param "a" u32) (result u32) (canon lift (core func $main "look")))
    (func (export "look-two") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $main "look-two")))
    (func (export "look-take") (param "a" u32) (param "b" u32) (canon lift (core func $main "look-take")))
    (func (export "take-look") (param "a" u32) (param "b" u32) (canon lift (core func $main "take-look")))
    (export $exported "r" (type $r))
    (func (export "give") (param "a" u32) (result (own $exported)) (canon lift (core func $main "same")))
    (func (export "hold") (param "a" (own $exported)) (result u32) (canon lift (core func $main "same")))
    (func (export "borrowed") (param "a" (borrow $exported)) (param "action" u32) (param "other" u32) (result u32)
      (canon lift (core func $main "borrowed"))))

  (instance $owner (instantiate $Owner))
  (instance $user (instantiate $User (with "owner" (instance $owner))))
  (export "test:calls/owner" (instance $owner))
  (export "test:calls/user" (instance $user))))";

constexpr std::string_view owner_name = "test:calls/owner";
constexpr std::string_view user_name = "test:calls/user";

const Engine& engine() {
  static const Engine shared_engine = [] {
    auto created = Engine::create();
    require(created.has_value());
    return *std::move(created);
  }();
  return shared_engine;
}

const InstancePre& linked() {
  static const InstancePre linked_component = [] {
    const auto component = Component::from_text(engine(), text);
    require(component.has_value());
    auto pre = Linker(engine()).link(*component);
    require(pre.has_value());
    return *std::move(pre);
  }();
  return linked_component;
}

/// What the rules say a call does: it traps (nullopt), or returns a number (0 for functions without a result).
using Outcome = std::optional<std::uint32_t>;

/// The table of $User between calls, when it contains only owns. Rules 1 to 4: index 0 is never used, and the index
/// that was freed last is reused first.
class ModelTable {
 public:
  std::uint32_t add(std::uint32_t rep) {
    if (free_.empty()) {
      reps_.emplace_back(rep);
      return static_cast<std::uint32_t>(reps_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    reps_[index] = rep;
    return index;
  }
  std::optional<std::uint32_t> rep(std::uint32_t index) const {
    return index < reps_.size() ? reps_[index] : std::nullopt;
  }
  std::optional<std::uint32_t> remove(std::uint32_t index) {
    const auto removed = rep(index);
    if (!removed) return std::nullopt;
    reps_[index].reset();
    free_.push_back(index);
    return removed;
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(reps_.size()); }
  std::size_t live() const { return size() - 1 - free_.size(); }

 private:
  std::vector<std::optional<std::uint32_t>> reps_ = {std::nullopt};
  std::vector<std::uint32_t> free_;
};

struct Held {
  Val value;
  std::uint32_t rep;
};

/// A store with its two instances, and the model of them.
class Run {
 public:
  explicit Run(fuzz::Operations& operations)
      : operations_(operations), store_(make_store()), instance_(instantiate(store_)) {}

  /// Runs one operation. Returns false if it trapped, as the model expected.
  bool step() {
    switch (operations_.below(10)) {
      case 0:
      case 1: return make();
      case 2: return drop();
      case 3: return take();
      case 4: return look();
      case 5: return look_two();
      case 6: return look_take();
      case 7: return take_look();
      case 8: return operations_.below(2) == 0 ? give() : hold();
      default: return borrowed();
    }
  }

  void finish(bool trapped) {
    if (!trapped) {
      const auto gone = instance_.call(owner_name, "gone", {});
      require(gone.has_value() && *gone == Val::u32(gone_));
    }
    held_.clear();  // drops the handles
    const auto report = store_.close();
    require(report.has_value());
    if (!trapped) require(report->leaks.size() == table_.live() && report->failed_drops.empty());
  }

 private:
  static Store make_store() {
    auto store = Store::create(engine());
    require(store.has_value());
    return *std::move(store);
  }
  static Instance instantiate(Store& store) {
    auto instance = linked().instantiate(store);
    require(instance.has_value());
    return *std::move(instance);
  }

  std::uint32_t any_index() { return operations_.below(table_.size() < 200 ? table_.size() + 2 : 200); }

  HostResult<std::optional<Val>> call(std::string_view name, const std::vector<Val>& arguments) {
    return instance_.call(user_name, name, arguments);
  }

  bool agree(const HostResult<std::optional<Val>>& result, const Outcome& expected) {
    require(result.has_value() == expected.has_value());
    if (!result) {
      require(result.error().kind() == ErrorKind::trap && result.error().rule() != Rule::none);
      return false;
    }
    require(!*result || **result == Val::u32(*expected));
    return true;
  }

  bool make() {
    const std::uint32_t rep = operations_.byte();
    return agree(call("make", {Val::u32(rep)}), table_.add(rep));
  }

  bool drop() {
    const std::uint32_t index = any_index();
    const bool expected = table_.remove(index).has_value();
    gone_ += expected ? 1 : 0;
    return agree(call("drop", {Val::u32(index)}), expected ? Outcome(0) : std::nullopt);
  }

  bool take() {
    const std::uint32_t index = any_index();
    const bool expected = table_.remove(index).has_value();
    gone_ += expected ? 1 : 0;
    return agree(call("take", {Val::u32(index)}), expected ? Outcome(0) : std::nullopt);
  }

  bool look() {
    const std::uint32_t index = any_index();
    return agree(call("look", {Val::u32(index)}), table_.rep(index));
  }

  bool look_two() {
    const std::uint32_t a = any_index();
    const std::uint32_t b = any_index();
    const auto first = table_.rep(a);
    const auto second = table_.rep(b);
    return agree(call("look-two", {Val::u32(a), Val::u32(b)}),
                 first && second ? Outcome(*first + *second) : std::nullopt);
  }

  /// Arguments are lifted from left to right: a handle that was lent cannot be passed as an own in the same call.
  bool look_take() {
    const std::uint32_t a = any_index();
    const std::uint32_t b = any_index();
    const bool expected = table_.rep(a) && table_.rep(b) && a != b;
    if (expected) {
      table_.remove(b);
      ++gone_;
    }
    return agree(call("look-take", {Val::u32(a), Val::u32(b)}), expected ? Outcome(0) : std::nullopt);
  }

  /// A handle that was passed as an own cannot be lent in the same call.
  bool take_look() {
    const std::uint32_t a = any_index();
    const std::uint32_t b = any_index();
    const bool expected = table_.rep(a) && table_.rep(b) && a != b;
    if (expected) {
      table_.remove(a);
      ++gone_;
    }
    return agree(call("take-look", {Val::u32(a), Val::u32(b)}), expected ? Outcome(0) : std::nullopt);
  }

  bool give() {
    const std::uint32_t index = any_index();
    const auto rep = table_.remove(index);
    auto own = call("give", {Val::u32(index)});
    require(own.has_value() == rep.has_value());
    if (!rep) return false;
    require(own->has_value() && (*own)->kind() == ValKind::own);
    held_.push_back({**std::move(own), *rep});
    return true;
  }

  bool hold() {
    if (held_.empty()) return true;
    const std::size_t position =
        operations_.below(static_cast<std::uint32_t>(std::min<std::size_t>(held_.size(), 256)));
    const Held held = std::move(held_[position]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(position));
    return agree(call("hold", {held.value}), table_.add(held.rep));
  }

  bool borrowed() {
    if (held_.empty()) return true;
    const std::size_t position =
        operations_.below(static_cast<std::uint32_t>(std::min<std::size_t>(held_.size(), 256)));
    const std::uint32_t action = operations_.below(6);
    const std::uint32_t other = any_index();
    const Held& held = held_[position];
    // The borrow is in the table during the call, and must be gone when it ends.
    const std::uint32_t index = table_.add(held.rep);
    Outcome expected;
    if (action == 1) expected = index;
    if (action == 2) expected = held.rep;
    table_.remove(index);
    if (action == 5 && table_.remove(other)) {
      expected = index;
      ++gone_;
    }
    return agree(call("borrowed", {held.value, Val::u32(action), Val::u32(other)}), expected);
  }

  fuzz::Operations& operations_;
  Store store_;
  Instance instance_;
  ModelTable table_;
  std::vector<Held> held_;
  std::uint32_t gone_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Operations operations({data, size});
  while (!operations.at_end()) {
    Run run(operations);
    bool has_trapped = false;
    while (!has_trapped && !operations.at_end()) has_trapped = !run.step();
    run.finish(has_trapped);
  }
  return 0;
}
