// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Lifetime`: the count of who still needs an object that several threads share; the last one ends it. It says
// nothing about the values inside, which have counts of their own. Freestanding.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::core {

template <class Concurrency>
class Lifetime {
 public:
  Lifetime() noexcept = default;
  Lifetime(const Lifetime&) = delete;
  Lifetime& operator=(const Lifetime&) = delete;

  /// One more needs the object. Contract: the caller needs it itself, or is kept by someone who does.
  void retain() noexcept { users_.fetch_add(1, std::memory_order_relaxed); }

  /// One less. The object may be gone afterwards.
  void release() noexcept {
    if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
  }

  /// Whether nobody but the caller needs it: stays so when nobody else can come to it.
  bool is_last() const noexcept { return users_.load(std::memory_order_acquire) == 1; }

 protected:
  ~Lifetime() = default;
  /// Nobody needs the object any more.
  virtual void end() noexcept = 0;

 private:
  // Away from what readers load: this changes with every value that comes and goes.
  alignas(Concurrency::line_size) typename Concurrency::template Atomic<std::uint32_t> users_{1};
};

}  // namespace holdfast::core
