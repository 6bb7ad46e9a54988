// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The implementation of Store. Used by one thread at a time, except for `InterruptHandle::Impl`, which any thread may
// use.
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

/// Shared by a store and its interrupt handles, so that the handles may outlive the store.
struct Store::InterruptHandle::Impl {
  explicit Impl(std::shared_ptr<Engine::Impl> shared_engine) noexcept : engine(std::move(shared_engine)) {}
  std::shared_ptr<Engine::Impl> engine;
  std::atomic<bool> requested{false};  ///< guest code must stop
  std::atomic<bool> noticed{false};    ///< guest code has stopped since the request
  std::atomic<bool> running{false};    ///< guest code (or a host function that it called) is running
};

struct Store::Impl {
  /// The environment of a host function's trampoline; lives as long as the store.
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
  /// What stopped the guest, if it was not the guest itself. Set when the failure begins, reset when the call ends.
  enum class Stopper : std::uint8_t { nobody, host, interruption };

  /// Marks the store as running and restores the previous state at the end, because calls nest.
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
  /// The engine registers a type when it is first used. With a cached type, another function costs a quarter.
  std::map<FunctionType, wasmtime::FunctionTypePointer, ByTypes> function_types;
  std::uint64_t deadline = no_deadline;  ///< in ticks since the engine was created
  Stopper stopped_by = Stopper::nobody;
  wasmtime_context_t* context = nullptr;
  wasmtime::StorePointer store;  ///< the last member, so that the engine's store is destroyed first

  /// Returns why the guest stopped. Takes ownership of `error` and `trap` (one of them is null), and removes a pending
  /// exception from the store.
  CallFailure failure(wasmtime_error_t* error, wasm_trap_t* trap);

  /// Makes guest code check its deadline at the next tick, or at once if it is already interrupted or past the
  /// deadline.
  void arm_epoch() noexcept;
};

}  // namespace holdfast::engine
