// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands behind Store. One thread at a time, but for `Interruption`, which any thread may touch.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <tuple>

#include "holdfast/engine/store.hpp"
#include "holdfast/engine/wasmtime/engine_impl.hpp"
#include "holdfast/engine/wasmtime/handles.hpp"

namespace holdfast::engine {

/// Shared by a store and its handles, so that these may outlive it.
struct Store::InterruptHandle::Impl {
  explicit Impl(std::shared_ptr<Engine::Impl> shared_engine) noexcept : engine(std::move(shared_engine)) {}
  std::shared_ptr<Engine::Impl> engine;
  std::atomic<bool> requested{false};  ///< guest code must stop
  std::atomic<bool> noticed{false};    ///< guest code has stopped since
  std::atomic<bool> running{false};    ///< guest code (or a host function that it called) runs
};

struct Store::Impl {
  /// What a host function's trampoline needs; lives as long as the store.
  struct HostFunction {
    HostCallback callback;
    void* environment;
    Impl* store;
  };
  struct ByTypes {
    bool operator()(const FunctionType& left, const FunctionType& right) const noexcept {
      return std::tie(left.parameters, left.results) < std::tie(right.parameters, right.results);
    }
  };
  /// Who stopped the guest, when it was not the guest itself. Set where the failure begins, taken where the call ends.
  enum class Stopper : std::uint8_t { nobody, host, interruption };

  /// Marks the store as running; restores what it was, for calls nest.
  class Running {
   public:
    explicit Running(Impl& store) noexcept
        : running_(store.interruption->running), before_(running_.load(std::memory_order_relaxed)) {
      running_.store(true, std::memory_order_relaxed);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { running_.store(before_, std::memory_order_relaxed); }

   private:
    std::atomic<bool>& running_;
    bool before_;
  };

  static constexpr std::uint64_t no_deadline = std::numeric_limits<std::uint64_t>::max();

  std::shared_ptr<Engine::Impl> engine;
  std::shared_ptr<InterruptHandle::Impl> interruption;
  std::deque<HostFunction> host_functions;
  /// The engine registers a type when it is first used: a second function of the same type costs a quarter.
  std::map<FunctionType, wasmtime::FunctionTypePointer, ByTypes> function_types;
  std::uint64_t deadline = no_deadline;  ///< in ticks of the engine since it was made
  Stopper stopped_by = Stopper::nobody;
  wasmtime_context_t* context = nullptr;
  wasmtime::StorePointer store;  ///< the last member: the engine's store goes first

  /// Takes ownership of `error` and `trap` (one of them is null), takes a pending exception off the store, and says
  /// why the guest stopped.
  CallFailure failure(wasmtime_error_t* error, wasm_trap_t* trap);

  /// Makes guest code look at its deadline at the next tick, and at once when there is reason to.
  void arm_epoch() noexcept;
};

}  // namespace holdfast::engine
