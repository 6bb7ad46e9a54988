// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BufferPool<Storage>`: short-lived buffers in 11 size classes, 16 bytes to 16 KiB; a request gets the smallest class
// that fits. What comes back is kept for the next who asks. Bounded twice: buffers of each class (10; N with
// `Static<N>`), and bytes in all (1 MiB). Buffers are zeroed when they are lent; the pool must outlive them.
// Not thread-safe. Allocates through Storage only. Freestanding.
//
//   BufferPool<> pool;
//   HOLDFAST_TRY_ASSIGN(Buffer buffer, pool.acquire(300));     // 300 bytes of the class of 512
//   read_into(buffer.bytes());
//   HOLDFAST_TRY(buffer.release());                            // or let it go out of scope
#pragma once

#include <cstddef>
#include <cstdint>

#include "holdfast/core/size_class_pool.hpp"
#include "holdfast/resource/budget/budget.hpp"

namespace holdfast::resource {

/// A buffer on loan, given back when it is destroyed.
using Buffer = core::Block;

struct BufferPoolOptions {
  std::uint32_t buffers_per_class = 10;
  std::size_t max_bytes = std::size_t{1} << 20;  ///< of all buffers that have memory: out or kept
  ResourceLimiter* budget = nullptr;  ///< that memory is taken from its Dimension::host_bytes; it must outlive the pool
};

struct BufferPoolStats {
  std::uint64_t acquired = 0;   ///< buffers that were lent
  std::uint64_t reused = 0;     ///< of them, those that had memory already
  std::uint64_t refused = 0;    ///< requests that failed
  std::size_t in_use = 0;       ///< bytes of the buffers that are out, whole classes
  std::size_t with_memory = 0;  ///< bytes of the buffers that have memory: out or kept
};

template <core::ResourceStorage Storage = core::Dynamic>
class BufferPool {
  using Classes = core::SizeClassPool<Storage, 16, 11>;
  using A = typename Storage::AllocatorType;

 public:
  static constexpr std::size_t class_count = Classes::class_count;
  static constexpr std::size_t largest = Classes::largest;  // bytes

  /// Allocates nothing yet.
  explicit BufferPool(const BufferPoolOptions& options = {}, A allocator = A()) noexcept
      : options_(options), classes_(options.buffers_per_class, allocator) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  /// Contract: every buffer is back.
  ~BufferPool() { trim(); }

  /// A buffer of `size` bytes, all zero. Where the bytes in all do not suffice, what is kept unused is let go first.
  /// Errors: request_too_large, past 16 KiB; pool_exhausted, when all buffers of the class are out; over_budget, for
  /// the bytes in all; out_of_memory. Then nothing is taken.
  Result<Buffer> acquire(std::size_t size) noexcept {
    Result<Buffer> buffer = fail(ErrorCode::request_too_large, size, static_cast<std::uint32_t>(largest));
    if (size <= largest) classes_.with_class(class_size(size), [&](auto& pool) { buffer = acquire_from(pool, size); });
    ++(buffer ? acquired_ : refused_);
    return buffer;
  }

  /// Lets go of the memory of all buffers that are not out.
  void trim() noexcept {
    const std::size_t before = classes_.bytes_with_memory();
    classes_.trim();
    if (options_.budget != nullptr)
      options_.budget->give_back(Dimension::host_bytes, before - classes_.bytes_with_memory());
  }

  /// The size of the class that serves a request of `size` bytes. Contract: `size` is at most `largest`.
  static constexpr std::size_t class_size(std::size_t size) noexcept { return *Classes::block_size(size); }

  BufferPoolStats stats() const noexcept {
    return {acquired_, reused_, refused_, classes_.bytes_in_use(), classes_.bytes_with_memory()};
  }
  const BufferPoolOptions& options() const noexcept { return options_; }

 private:
  template <class Pool>
  Result<Buffer> acquire_from(Pool& pool, std::size_t size) noexcept {
    if (pool.with_memory() > pool.in_use()) {
      ++reused_;
      return pool.acquire(size);
    }
    if (pool.in_use() == pool.limit()) return fail(ErrorCode::pool_exhausted, pool.limit());
    HOLDFAST_TRY_ASSIGN(auto charge, charge_for(Pool::block_bytes));
    auto buffer = pool.acquire(size);
    if (buffer) charge.keep();
    return buffer;
  }

  Result<Reservation> charge_for(std::size_t bytes) noexcept {
    if (auto charge = try_charge(bytes)) return charge;
    trim();
    return try_charge(bytes);
  }
  Result<Reservation> try_charge(std::size_t bytes) noexcept {
    const std::size_t now = classes_.bytes_with_memory();
    if (now > options_.max_bytes || bytes > options_.max_bytes - now)
      return fail(ErrorCode::over_budget, options_.max_bytes);
    if (options_.budget == nullptr) return Reservation();
    return options_.budget->reserve(Dimension::host_bytes, bytes);
  }

  BufferPoolOptions options_;
  std::uint64_t acquired_ = 0;
  std::uint64_t reused_ = 0;
  std::uint64_t refused_ = 0;
  Classes classes_;
};

}  // namespace holdfast::resource
