// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BufferPool<Storage>`: short-lived buffers in 11 size classes, 16 bytes to 16 KiB; a request gets the smallest class
// that fits. Buffers that are given back are kept for later requests. Two limits apply: buffers per class (10; N with
// `Static<N>`), and bytes in total (1 MiB). Buffers are zeroed when they are lent; the pool must outlive them.
// Not thread-safe. Allocates only through Storage. Freestanding.
//
//   BufferPool<> pool;
//   HOLDFAST_TRY_ASSIGN(Buffer buffer, pool.acquire(300));     // 300 bytes, of the 512-byte class
//   read_into(buffer.bytes());
//   HOLDFAST_TRY(buffer.release());                            // or let it go out of scope
#pragma once

#include <cstddef>
#include <cstdint>

#include "holdfast/core/size_class_pool.hpp"
#include "holdfast/resource/budget/budget.hpp"

namespace holdfast::resource {

/// A buffer on loan; the destructor gives it back.
using Buffer = core::Block;

struct BufferPoolOptions {
  std::uint32_t buffers_per_class = 10;
  std::size_t max_bytes = std::size_t{1} << 20;  ///< of all buffers with memory, lent or kept
  ResourceLimiter* budget = nullptr;             ///< charged host_bytes for that memory; must outlive the pool
};

struct BufferPoolStats {
  std::uint64_t acquired = 0;   ///< buffers lent
  std::uint64_t reused = 0;     ///< of those, buffers that already had memory
  std::uint64_t refused = 0;    ///< failed requests
  std::size_t in_use = 0;       ///< bytes of the lent buffers, by class size
  std::size_t with_memory = 0;  ///< bytes of the buffers with memory, lent or kept
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
  /// Contract: every buffer has been given back.
  ~BufferPool() { trim(); }

  /// A buffer of `size` bytes, all zero. If it would exceed the total, frees unused buffers first. Errors:
  /// request_too_large beyond 16 KiB; pool_exhausted if all buffers of the class are lent; over_budget for the total of
  /// bytes; out_of_memory. On error nothing is taken.
  Result<Buffer> acquire(std::size_t size) noexcept {
    Result<Buffer> buffer = fail(ErrorCode::request_too_large, size, static_cast<std::uint32_t>(largest));
    if (size <= largest) classes_.with_class(class_size(size), [&](auto& pool) { buffer = acquire_from(pool, size); });
    ++(buffer ? acquired_ : refused_);
    return buffer;
  }

  /// Frees the memory of all buffers that are not lent.
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
