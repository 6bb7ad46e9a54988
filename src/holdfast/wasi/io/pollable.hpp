// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:io/poll: what a guest can wait for, and how it waits. Waiting ends early when the store is interrupted or its
// deadline passes. A Waitable is shared by its owner and the pollables that watch it, and several stores may use it on
// their threads at the same time. A Pollable belongs to one store.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "holdfast/embed/caller.hpp"
#include "holdfast/runtime/call/trap.hpp"

namespace holdfast::wasi {

using Instant = std::chrono::steady_clock::time_point;

template <class T>
using OrTrap = std::expected<T, Trap>;

/// What a Waitable waits for before it is ready.
struct WaitFor {
  enum class Event : std::uint8_t {
    nothing,  ///< it is ready now
    input,    ///< until `descriptor` can be read, has ended or failed
    output,   ///< until `descriptor` can be written or has failed
    time,     ///< until `when`
    never,    ///< it is never ready
  };
  Event event = Event::nothing;
  int descriptor = -1;
  Instant when = {};

  static WaitFor nothing() { return {}; }
  static WaitFor input(int descriptor) { return {Event::input, descriptor, {}}; }
  static WaitFor output(int descriptor) { return {Event::output, descriptor, {}}; }
  static WaitFor time(Instant when) { return {Event::time, -1, when}; }
  static WaitFor never() { return {Event::never, -1, {}}; }
};

/// Something that becomes ready.
class Waitable {
 public:
  virtual ~Waitable() = default;
  /// What it waits for at this moment. Called again after the event has happened. Does not block. A descriptor in the
  /// result stays open while the Waitable lives.
  virtual WaitFor wait_for() = 0;
};

/// Counts the children of a resource: resources that must be dropped before it.
class Children {
 public:
  /// Each child keeps the returned pointer while it lives.
  std::shared_ptr<const void> add() {
    if (token_ == nullptr) token_ = std::make_shared<char>();
    return token_;
  }
  bool any() const noexcept { return token_.use_count() > 1; }

 private:
  std::shared_ptr<char> token_;  // one of its owners is this object itself
};

/// The resource `pollable`.
class Pollable {
 public:
  /// `parent`: from Children::add; null if the pollable is not a child of another resource.
  explicit Pollable(std::shared_ptr<Waitable> waitable, std::shared_ptr<const void> parent = nullptr)
      : waitable_(std::move(waitable)), parent_(std::move(parent)) {}

  Waitable& waitable() const noexcept { return *waitable_; }

  /// Does not block.
  bool ready() const;

 private:
  std::shared_ptr<Waitable> waitable_;
  std::shared_ptr<const void> parent_;
};

/// Waits until at least one of `waitables` is ready; returns the indices of all that are ready, in ascending order.
/// Contract: `waitables` is not empty. Errors: a trap of kind limit (the store was interrupted, or its deadline
/// passed).
OrTrap<std::vector<std::uint32_t>> wait_for_any(Caller& caller, std::span<Waitable* const> waitables);
/// The same for a single waitable.
OrTrap<void> wait_until_ready(Caller& caller, Waitable& waitable);
/// To be called in long waits and copies. Errors: as wait_for_any.
OrTrap<void> check_interruption(Caller& caller);

/// For waits of the host itself. Returns false if `until` came first.
bool wait_until_ready(Waitable& waitable, Instant until);

/// The function `poll`. Errors: a trap if the list is empty; as wait_for_any.
OrTrap<std::vector<std::uint32_t>> poll(Caller& caller, const std::vector<std::reference_wrapper<Pollable>>& pollables);

}  // namespace holdfast::wasi
