// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Store`: one isolated world. Its instances, their memories and handles live and die together; it is the unit that
// is freed, so a long-running program uses one store for each plugin. One thread at a time (debug builds check).
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

/// Stops a running guest from another thread. May outlive the store.
class InterruptHandle {
 public:
  explicit InterruptHandle(engine::Store::InterruptHandle handle) noexcept : handle_(std::move(handle)) {}
  /// The guest's call ends with an error of kind `limit`, now or when it next runs. Any thread.
  void interrupt() const noexcept { handle_.interrupt(); }

 private:
  engine::Store::InterruptHandle handle_;
};

class Store {
 public:
  /// Errors: misuse (fuel is limited, but the engine counts none; a limit cannot be kept where it is set).
  static HostResult<Store> create(const Engine& engine, const StoreOptions& options = {});
  Store(Store&&) noexcept = default;
  Store& operator=(Store&& other) noexcept;
  /// Closes; what a leak report would have said is lost. Contract: no guest of this store is running.
  ~Store();

  /// Runs the drop queue, lists every handle that is still live, releases host resources, and frees everything.
  /// Instances, functions and handles of the store are errors to use from now on. Errors: closed (it was before),
  /// misuse (a guest of this store is running).
  HostResult<StoreReport> close();

  /// StoreOptions::user; contract: it was set, and to a T.
  template <class T>
  T& user() const noexcept {
    return *static_cast<T*>(user_pointer());
  }

  InterruptHandle interrupt_handle() const;
  /// After an interruption: guests may run again.
  void clear_interrupt() noexcept;

  /// Guest code ends with an error of kind `limit` once Engine::tick was called `ticks` times from now; in force until
  /// it is set again or cleared. Errors: closed.
  HostResult<void> set_deadline(std::uint64_t ticks);
  void clear_deadline() noexcept;

  /// Fuel that is left. Errors: misuse (StoreLimits::fuel was not set), closed.
  HostResult<std::uint64_t> fuel() const;
  HostResult<void> set_fuel(std::uint64_t fuel);

  /// What the store may use, and uses (with what the leases of its instances took ahead). Its parent() is
  /// StoreOptions::budget.
  const resource::Budget& budget() const noexcept { return state_->budget; }
  /// Changes a limit of the store while it lives; as StoreLimits::store. Errors: misuse (it cannot be kept), closed.
  HostResult<void> set_limit(resource::Dimension dimension, const resource::Limit& limit);
  /// Ends a period of the adaptive limits of the store, its instances and types, see resource::Budget::adapt.
  void adapt_limits() noexcept;

  /// Ends the shares (see shared_resource.hpp) that have had their time and that nobody has used since: using one
  /// finds it out anyway. Returns how many.
  std::uint64_t expire_shares() noexcept;

  /// Of all component instances together.
  const HandleCounts& handles() const noexcept { return state_->handle_counts; }

  /// Makes the host an owner of a new resource of the class T, to lend or give to components.
  /// Errors: misuse (no instance in this store uses T as a resource, or as two types), closed, limit.
  template <class T>
  HostResult<Own<T>> hold(T value) {
    HOLDFAST_TRY_ASSIGN(const runtime::ResourceTag tag, find_host_type(abi::cpp_type<T>()));
    const runtime::StoreState::InUse in_use(*state_);
    auto& table = static_cast<TypedHostTable<T>&>(*state_->type(tag).table);
    const auto rep = table.insert(std::move(value));
    if (!rep) return std::unexpected(HostError::from(rep.error(), ErrorKind::limit));
    HOLDFAST_TRY_ASSIGN(OwnedHandle made, hold_rep(tag, *rep));
    return Own<T>(std::move(made));
  }

 private:
  friend class InstancePre;

  explicit Store(std::shared_ptr<runtime::StoreState> state) noexcept : state_(std::move(state)) {}
  bool is_closed() const noexcept { return state_ == nullptr || state_->closed; }  // null: moved away
  void* user_pointer() const noexcept;
  HostResult<runtime::ResourceTag> find_host_type(runtime::CppType type) const;
  HostResult<OwnedHandle> hold_rep(runtime::ResourceTag tag, std::uint32_t rep);

  std::shared_ptr<runtime::StoreState> state_;
};

}  // namespace holdfast
