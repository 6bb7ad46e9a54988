// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compile-time policies that keep a shared container consistent:
//   Epochs           hosted programs with threads: atomics, and reads that take no lock
//   Guarded<S>       each step runs inside a critical section S: interrupts off, or a lock of the user's
//   Unsynchronized   one thread (or a guest without threads): no synchronization
// Algorithms take their atomics from the policy, so one source serves all policies, and a test can pass a policy that
// enumerates interleavings. Freestanding; `Epochs` exists in hosted programs only.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "holdfast/core/lifetime.hpp"
#include "holdfast/core/result.hpp"

#if __STDC_HOSTED__
#include "holdfast/core/epoch.hpp"
#include "holdfast/core/wait_lock.hpp"
#endif

namespace holdfast::core {

/// A critical section for `Guarded`. `enter` begins a section that excludes all other threads and interrupts, and
/// returns the state that `leave` restores. Sections must nest: saved and restored interrupt masks do, and so do
/// recursive locks. A critical section is a type, not an object, so the whole program shares it.
template <class S>
concept CriticalSection = requires {
  { S::enter() } noexcept -> std::movable;
  { S::leave(S::enter()) } noexcept;
};

/// A section that excludes nothing.
struct NoSection {
  struct State {};
  static State enter() noexcept { return {}; }
  static void leave(State) noexcept {}
};

template <CriticalSection S>
struct Guarded {
  /// Readers need no records: a read holds a reference to the value.
  static constexpr bool has_readers = false;
  static constexpr std::size_t line_size = alignof(std::uint64_t);

  class Inside {
   public:
    Inside() noexcept : state_(S::enter()) {}
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { S::leave(std::move(state_)); }

   private:
    decltype(S::enter()) state_;
  };

  /// Does what std::atomic does, for any type on any machine; memory orders are ignored.
  template <class U>
  class Atomic {
   public:
    constexpr Atomic() noexcept = default;
    constexpr Atomic(U value) noexcept : value_(value) {}  // NOLINT(google-explicit-constructor): as std::atomic
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    U load(std::memory_order = std::memory_order_seq_cst) const noexcept {
      Inside inside;
      return value_;
    }
    void store(U value, std::memory_order = std::memory_order_seq_cst) noexcept {
      Inside inside;
      value_ = value;
    }
    U exchange(U value, std::memory_order = std::memory_order_seq_cst) noexcept {
      Inside inside;
      return std::exchange(value_, value);
    }
    bool compare_exchange_strong(U& expected, U desired, std::memory_order = std::memory_order_seq_cst) noexcept {
      Inside inside;
      if (value_ == expected) {
        value_ = desired;
        return true;
      }
      expected = value_;
      return false;
    }
    bool compare_exchange_weak(U& expected, U desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
      return compare_exchange_strong(expected, desired, order);
    }
    U fetch_add(U amount, std::memory_order = std::memory_order_seq_cst) noexcept {
      Inside inside;
      return std::exchange(value_, static_cast<U>(value_ + amount));
    }
    U fetch_sub(U amount, std::memory_order = std::memory_order_seq_cst) noexcept {
      Inside inside;
      return std::exchange(value_, static_cast<U>(value_ - amount));
    }

   private:
    U value_{};
  };

  /// Empty: the whole program shares one section.
  struct Lock {};

  /// Excludes all other threads and interrupts while it lives.
  class Exclusive {
   public:
    explicit Exclusive(Lock&) noexcept {}

   private:
    Inside inside_;
  };

  class Domain : public Lifetime<Guarded> {
   protected:
    ~Domain() = default;
    virtual void reader_left() noexcept = 0;  // matches EpochDomain; never called here
  };
};

using Unsynchronized = Guarded<NoSection>;

#if __STDC_HOSTED__

struct Epochs {
  static constexpr bool has_readers = true;
  static constexpr std::size_t line_size = 64;

  template <class U>
  using Atomic = std::atomic<U>;
  using Lock = WaitLock<Atomic>;
  using Domain = EpochDomain<Epochs>;

  /// Holds the lock; other threads sleep.
  class Exclusive {
   public:
    explicit Exclusive(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;
    ~Exclusive() { lock_.unlock(); }

   private:
    Lock& lock_;
  };

  /// The list of all threads' records, and the list of the calling thread's own.
  static ReaderRecord<Epochs>* all_readers() noexcept { return all_readers_.load(std::memory_order_seq_cst); }
  static ReaderRecord<Epochs>* own_readers() noexcept { return own_readers_; }

  /// Adds a record for the calling thread; null when there is no memory for it.
  static ReaderRecord<Epochs>* claim_reader() noexcept;

  /// Called when a read of this thread has ended. Gives the record up if the thread is ending.
  static void reader_is_done(ReaderRecord<Epochs>& record) noexcept {
    if (is_ending_) [[unlikely]]
      disown(record);
  }

 private:
  struct Ending;
  static void disown(ReaderRecord<Epochs>& record) noexcept;

  // All of these are plain data, so that destructors of other thread-local objects may still read in a domain.
  static inline constinit std::atomic<ReaderRecord<Epochs>*> all_readers_{nullptr};
  static inline constinit thread_local ReaderRecord<Epochs>* own_readers_ = nullptr;
  static inline constinit thread_local bool is_ending_ = false;
};

#endif

#if __STDC_HOSTED__ && (!defined(__wasm__) || defined(__wasm_atomics__))
using DefaultConcurrency = Epochs;
#else
using DefaultConcurrency = Unsynchronized;
#endif

}  // namespace holdfast::core
