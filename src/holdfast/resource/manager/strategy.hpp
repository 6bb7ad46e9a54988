// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How users access the bytes of a resource. `ResourceStrategy` is the interface; `MemoryStrategy` implements three
// ways:
//
//   zero_copy       the user works on the bytes themselves; changes take effect at once
//   bounded_copy    the user reads a copy of bounded size, and changes nothing
//   isolated_copy   the user works on a copy; changes take effect when they are written back, all of them or none
//
// Copies are in buffers of a BufferPool, so they have at most 16 KiB. ResourceManager::open ties a view to the lifetime
// of its resource. Not thread-safe. Freestanding.
//
//   BufferPool<> buffers;
//   auto strategy = MemoryStrategy<>::isolated_copy(buffers);
//   HOLDFAST_TRY_ASSIGN(auto access, manager.open(texture, strategy, AccessMode::read_write));
//   HOLDFAST_TRY_ASSIGN(const std::span<std::byte> pixels, access.writable());
//   draw_into(pixels);
//   HOLDFAST_TRY(access.commit());            // without this nothing changes
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "holdfast/core/result.hpp"
#include "holdfast/resource/memory/buffer_pool.hpp"

namespace holdfast::resource {

enum class AccessMode : std::uint8_t { read_only, read_write };

/// A user's view of the bytes of a resource. Move-only, because it may own a buffer.
class [[nodiscard]] MemoryView {
 public:
  /// A view of the bytes themselves.
  MemoryView(std::span<std::byte> bytes, AccessMode mode) noexcept : bytes_(bytes), mode_(mode) {}
  /// A view of a copy.
  MemoryView(Buffer copy, AccessMode mode) noexcept : bytes_(copy.bytes()), copy_(std::move(copy)), mode_(mode) {}

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  /// The bytes, for writing. Errors: access_denied if the view is read-only.
  Result<std::span<std::byte>> writable() const noexcept {
    if (mode_ == AccessMode::read_only) return fail(ErrorCode::access_denied);
    return bytes_;
  }
  AccessMode mode() const noexcept { return mode_; }

 private:
  std::span<std::byte> bytes_;
  Buffer copy_;
  AccessMode mode_;
};

/// The interface of a strategy. `open` creates a view of `bytes`. `write_back` copies the changes in a view to `bytes`,
/// or does nothing if they took effect at once. `shares_bytes` tells whether views refer to the bytes themselves, which
/// then must stay valid until the view is closed.
template <class S>
concept ResourceStrategy = requires(S strategy, std::span<std::byte> bytes, AccessMode mode, const MemoryView& view) {
  { strategy.open(bytes, mode) } -> std::same_as<Result<MemoryView>>;
  { strategy.write_back(view, bytes) } -> std::same_as<Result<void>>;
  { strategy.shares_bytes() } -> std::same_as<bool>;
};

template <class Pool = BufferPool<>>
class MemoryStrategy {
 public:
  enum class Kind : std::uint8_t { zero_copy, bounded_copy, isolated_copy };

  static MemoryStrategy zero_copy() noexcept { return MemoryStrategy(Kind::zero_copy, nullptr, 0); }
  /// `pool` must outlive all views.
  static MemoryStrategy bounded_copy(Pool& pool, std::size_t max_bytes) noexcept {
    return MemoryStrategy(Kind::bounded_copy, &pool, max_bytes);
  }
  /// `pool` must outlive all views.
  static MemoryStrategy isolated_copy(Pool& pool) noexcept {
    return MemoryStrategy(Kind::isolated_copy, &pool, std::numeric_limits<std::size_t>::max());
  }

  Kind kind() const noexcept { return kind_; }
  bool shares_bytes() const noexcept { return kind_ == Kind::zero_copy; }

  /// Creates a view of `bytes`. Errors: access_denied for write access to a bounded copy; request_too_large if `bytes`
  /// has more bytes than a copy may have; those of BufferPool::acquire.
  Result<MemoryView> open(std::span<std::byte> bytes, AccessMode mode) noexcept {
    if (kind_ == Kind::zero_copy) return MemoryView(bytes, mode);
    if (kind_ == Kind::bounded_copy && mode == AccessMode::read_write) return fail(ErrorCode::access_denied);
    if (bytes.size() > max_bytes_)
      return fail(ErrorCode::request_too_large, bytes.size(), static_cast<std::uint32_t>(max_bytes_));
    HOLDFAST_TRY_ASSIGN(auto copy, pool_->acquire(bytes.size()));
    if (!bytes.empty()) std::memcpy(copy.bytes().data(), bytes.data(), bytes.size());
    return MemoryView(std::move(copy), mode);
  }

  /// Copies the changes in `view` to `bytes`, which were the argument of open. Errors: access_denied for a read-only
  /// view; access_out_of_bounds if the number of bytes has changed.
  Result<void> write_back(const MemoryView& view, std::span<std::byte> bytes) noexcept {
    if (view.mode() == AccessMode::read_only) return fail(ErrorCode::access_denied);
    if (kind_ == Kind::zero_copy) return {};
    if (view.bytes().size() != bytes.size()) return fail(ErrorCode::access_out_of_bounds, view.bytes().size());
    if (!bytes.empty()) std::memcpy(bytes.data(), view.bytes().data(), bytes.size());
    return {};
  }

 private:
  MemoryStrategy(Kind kind, Pool* pool, std::size_t max_bytes) noexcept
      : pool_(pool), max_bytes_(max_bytes), kind_(kind) {}

  Pool* pool_;
  std::size_t max_bytes_;
  Kind kind_;
};

}  // namespace holdfast::resource
