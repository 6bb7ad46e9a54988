// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where containers keep their slots: `Dynamic` (the heap), `Allocated<A>` (a user's allocator), `Static<N>` (inside the
// container, no heap). A storage owns only raw memory; the container constructs and destroys the objects in it. Slots
// never move while the storage lives. Not thread-safe. Freestanding; only `Dynamic` refers to operator new, and only if
// the program uses it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "holdfast/core/highest_bit.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::core {

/// An allocator for `Allocated`. `allocate(size, alignment)` returns null when there is no memory;
/// `deallocate(memory, size, alignment)` takes the same size and alignment. Both are in bytes. Containers hold the
/// allocator by value, so it should be a pointer to your arena.
template <class A>
concept Allocator = std::movable<A> && requires(A allocator, void* memory, std::size_t size) {
  { allocator.allocate(size, size) } noexcept -> std::same_as<void*>;
  { allocator.deallocate(memory, size, size) } noexcept;
};

/// The program's heap.
struct HeapAllocator {
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    return ::operator new(size, std::align_val_t{alignment}, std::nothrow);
  }
  void deallocate(void* memory, std::size_t size, std::size_t alignment) noexcept {
    ::operator delete(memory, size, std::align_val_t{alignment});
  }
};

/// The allocator of storages that allocate nothing.
struct NoAllocator {};

/// Divides slots into chunks that double in size. A slot's address never changes, and small containers stay small. The
/// list of chunks is a short array in the container itself, so a look-up costs one cache miss.
struct DoublingChunks {
  static constexpr std::uint32_t first_chunk = 16;
  static constexpr unsigned max_chunks = 25;  // 16 * (2^25 - 1) slots, past the 2^28 of any handle

  static constexpr unsigned chunk_of(std::uint32_t index) noexcept {
    return highest_bit(index + first_chunk) - first_chunk_bit;
  }
  static constexpr std::uint32_t slots_in(unsigned chunk) noexcept { return first_chunk << chunk; }
  /// The index of the first slot of `chunk`, which is also the number of slots in all chunks before it.
  static constexpr std::uint32_t first_of(unsigned chunk) noexcept { return slots_in(chunk) - first_chunk; }

 private:
  static constexpr unsigned first_chunk_bit = 4;  // the highest bit of first_chunk
};

/// Slots in DoublingChunks.
template <Allocator A>
struct Allocated {
  using AllocatorType = A;
  static constexpr bool has_heap = true;

  template <class Slot>
  class Slots {
   public:
    static constexpr bool is_movable = true;

    explicit Slots(A allocator = A()) noexcept : allocator_(std::move(allocator)) {}
    Slots(Slots&& other) noexcept
        : chunks_(std::exchange(other.chunks_, {})),
          chunk_count_(std::exchange(other.chunk_count_, 0)),
          allocator_(std::move(other.allocator_)) {}
    Slots& operator=(Slots&&) = delete;
    ~Slots() {
      for (unsigned i = 0; i < chunk_count_; ++i)
        allocator_.deallocate(chunks_[i], Chunks::slots_in(i) * sizeof(Slot), alignof(Slot));
    }

    std::uint32_t capacity() const noexcept { return Chunks::first_of(chunk_count_); }

    /// Makes room for at least `count` slots. Errors: out_of_memory, capacity_exhausted; chunks that were allocated
    /// before the error are kept.
    Result<void> grow(std::uint32_t count) noexcept {
      while (capacity() < count) {
        if (chunk_count_ == Chunks::max_chunks) return fail(ErrorCode::capacity_exhausted, capacity());
        const std::size_t slots = Chunks::slots_in(chunk_count_);
        if (slots > std::numeric_limits<std::size_t>::max() / sizeof(Slot))
          return fail(ErrorCode::out_of_memory, std::numeric_limits<std::size_t>::max());
        void* memory = allocator_.allocate(slots * sizeof(Slot), alignof(Slot));
        if (memory == nullptr) return fail(ErrorCode::out_of_memory, slots * sizeof(Slot));
        chunks_[chunk_count_++] = static_cast<Slot*>(memory);
      }
      return {};
    }

    /// The memory of slot `index`. Contract: `index` is less than capacity().
    Slot* at(std::uint32_t index) const noexcept {
      const unsigned chunk = Chunks::chunk_of(index);
      return chunks_[chunk] + (index - Chunks::first_of(chunk));
    }

    /// The first index after `index` whose slot is not contiguous in memory with the slot of `index`.
    std::uint32_t run_end(std::uint32_t index) const noexcept { return Chunks::first_of(Chunks::chunk_of(index) + 1); }

   private:
    using Chunks = DoublingChunks;

    std::array<Slot*, Chunks::max_chunks> chunks_{};
    unsigned chunk_count_ = 0;
    [[no_unique_address]] A allocator_;
  };

  /// One block of raw memory, empty at first. `Max` is the size in bytes that a storage without a heap reserves for it.
  /// The owner must call `free` before destroying it.
  template <std::size_t Max, std::size_t Alignment>
  class Bytes {
   public:
    /// Changes the size to `size` bytes and keeps the content up to the smaller of both sizes. Errors: out_of_memory;
    /// then nothing changed.
    Result<void> resize(A& allocator, std::size_t size) noexcept {
      if (size == size_) return {};
      void* const memory = size == 0 ? nullptr : allocator.allocate(size, Alignment);
      if (memory == nullptr && size != 0) return fail(ErrorCode::out_of_memory, size);
      if (data_ != nullptr && memory != nullptr) std::memcpy(memory, data_, size < size_ ? size : size_);
      free(allocator);
      data_ = static_cast<std::byte*>(memory);
      size_ = size;
      return {};
    }
    void free(A& allocator) noexcept {
      if (data_ != nullptr) allocator.deallocate(std::exchange(data_, nullptr), std::exchange(size_, 0), Alignment);
    }
    /// Null while the size is 0.
    std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

   private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
  };
};

using Dynamic = Allocated<HeapAllocator>;

namespace detail {
template <class S>
inline constexpr bool is_storage = false;
template <class A>
inline constexpr bool is_storage<Allocated<A>> = true;
}  // namespace detail

/// Another name for `Allocated`, the name that people look for.
template <Allocator A>
using SemiDynamic = Allocated<A>;

/// Exactly N slots inside the container; nothing is ever allocated.
template <std::uint32_t N>
struct Static {
  static_assert(N >= 1);
  using AllocatorType = NoAllocator;
  static constexpr bool has_heap = false;
  static constexpr std::uint32_t slot_count = N;

  template <class Slot>
  class Slots {
   public:
    static constexpr bool is_movable = false;

    explicit Slots(NoAllocator = {}) noexcept {}  // NOLINT(modernize-use-equals-default): the bytes stay untouched
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    std::uint32_t capacity() const noexcept { return N; }

    /// Errors: capacity_exhausted when `count` is more than N.
    Result<void> grow(std::uint32_t count) noexcept {
      if (count > N) return fail(ErrorCode::capacity_exhausted, N);
      return {};
    }

    Slot* at(std::uint32_t index) const noexcept { return reinterpret_cast<Slot*>(bytes_ + sizeof(Slot) * index); }
    std::uint32_t run_end(std::uint32_t) const noexcept { return N; }

   private:
    alignas(Slot) mutable std::byte bytes_[sizeof(Slot) * N];
  };

  template <std::size_t Max, std::size_t Alignment>
  class Bytes {
   public:
    Bytes() noexcept {}  // NOLINT(modernize-use-equals-default): the bytes stay untouched
    /// Errors: request_too_large.
    Result<void> resize(NoAllocator, std::size_t size) noexcept {
      if (size > Max) return fail(ErrorCode::request_too_large, size, Max);
      size_ = size;
      return {};
    }
    void free(NoAllocator) noexcept { size_ = 0; }
    std::byte* data() const noexcept { return size_ == 0 ? nullptr : bytes_; }
    std::size_t size() const noexcept { return size_; }

   private:
    std::size_t size_ = 0;
    alignas(Alignment) mutable std::byte bytes_[Max];
  };
};

namespace detail {
template <std::uint32_t N>
inline constexpr bool is_storage<Static<N>> = true;
}  // namespace detail

/// A storage for any container of the library: `Dynamic`, `SemiDynamic<A>` (another name for `Allocated<A>`) or
/// `Static<N>`.
template <class S>
concept ResourceStorage = detail::is_storage<S>;

}  // namespace holdfast::core
