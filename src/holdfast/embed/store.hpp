// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Store`: one isolated world. Its instances, their memories and their handles live and die together. Memory is freed
// only with the whole store, so a long-running program uses one store for each plugin. One thread at a time (debug
// builds check).
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/host_table.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/runtime/store/leak_report.hpp"
#include "holdfast/runtime/store/store_options.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {

/// Interrupts the guests of a store. Any thread may use it; it may outlive the store.
class InterruptHandle {
 public:
  // For other parts of Holdfast; embedders call Store::interrupt_handle.
  explicit InterruptHandle(engine::Store::InterruptHandle handle) noexcept : handle_(std::move(handle)) {}
  /// The call of the running guest ends with an error of kind `limit`; if no guest runs, the next call does. In force
  /// until clear_interrupt.
  void interrupt() const noexcept { handle_.interrupt(); }

 private:
  engine::Store::InterruptHandle handle_;
};

class Store {
 public:
  /// Errors: misuse (fuel is limited, but the engine does not count it; a limit cannot be enforced where it is set).
  static HostResult<Store> create(const Engine& engine, const StoreOptions& options = {});
  Store(Store&&) noexcept = default;
  Store& operator=(Store&& other) noexcept;
  /// Closes the store and discards its report. Contract: no guest of this store is running.
  ~Store();

  /// Closes the store: runs the drop queue, lists every handle that is still live, releases the host's resources, and
  /// frees everything. Afterwards, using an instance, function or handle of the store is an error.
  /// Errors: closed (the store is already closed), misuse (a guest of this store is running).
  HostResult<StoreReport> close();

  /// The embedder's state, StoreOptions::user. Contract: it is set and points to a T.
  template <class T>
  T& user() const noexcept {
    return *static_cast<T*>(user_pointer());
  }

  /// Contract: the store was not moved away.
  InterruptHandle interrupt_handle() const;
  /// Lets guests run again after an interruption.
  void clear_interrupt() noexcept;

  /// Guest code ends with an error of kind `limit` after `ticks` further calls of Engine::tick. In force until the
  /// deadline is set again or cleared. Errors: closed.
  HostResult<void> set_deadline(std::uint64_t ticks);
  void clear_deadline() noexcept;

  /// Reads or sets the remaining fuel. Errors: misuse (the engine does not count fuel), closed.
  HostResult<std::uint64_t> fuel() const;
  HostResult<void> set_fuel(std::uint64_t fuel);

  /// The limits and the usage of the store. The usage includes what the leases of its instances reserved ahead. Its
  /// parent() is StoreOptions::budget. Contract: the store was not moved away.
  const resource::Budget& budget() const noexcept { return state_->budget; }
  /// Changes a limit of StoreLimits::store while the store lives. Errors: misuse (the limit cannot be enforced here),
  /// closed.
  HostResult<void> set_limit(resource::Dimension dimension, const resource::Limit& limit);
  /// Ends one period of the adaptive limits of the store, its instances and its resource types (see
  /// resource::Budget::adapt).
  void adapt_limits() noexcept;

  /// Removes the shares (see shared_resource.hpp) that have expired. A use of an expired share removes it too; this
  /// call finds those that nobody uses. Returns how many it removed.
  std::uint64_t expire_shares() noexcept;

  /// The handles of all component instances together. Contract: the store was not moved away.
  const HandleCounts& handles() const noexcept { return state_->handle_counts; }

  /// Makes a resource of the host class T and returns the host's own handle, to lend or give to components.
  /// Errors: misuse (no instance in this store uses T as a resource type, or T stands for two of them), closed, limit.
  template <class T>
  HostResult<Own<T>> hold(T value) {
    HOLDFAST_TRY_ASSIGN(const runtime::ResourceTag tag, find_host_type(abi::cpp_type<T>()));
    const runtime::StoreState::InUse in_use(*state_);
    auto& table = static_cast<TypedHostTable<T>&>(*state_->type(tag).table);
    const auto rep = table.insert(std::move(value));
    if (!rep) return std::unexpected(HostError::from(rep.error(), ErrorKind::limit));
    HOLDFAST_TRY_ASSIGN(OwnedHandle handle, hold_rep(tag, *rep));
    return Own<T>(std::move(handle));
  }

 private:
  friend class InstancePre;

  explicit Store(std::shared_ptr<runtime::StoreState> state) noexcept : state_(std::move(state)) {}
  bool is_closed() const noexcept { return state_ == nullptr || state_->closed; }  // null: was moved away
  void* user_pointer() const noexcept;
  HostResult<runtime::ResourceTag> find_host_type(runtime::CppType type) const;
  HostResult<OwnedHandle> hold_rep(runtime::ResourceTag tag, std::uint32_t rep);

  std::shared_ptr<runtime::StoreState> state_;
};

}  // namespace holdfast
