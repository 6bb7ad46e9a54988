// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedSlots<Storage, Slot, Concurrency>`: the slots of a container that can grow while several threads use it, for
// each storage of core/storage.hpp. Every allocated slot is constructed, so any index may be looked up. Growing takes
// no lock: if two threads allocate the same chunk, one of them frees its own. So the allocator must be callable from
// all threads that insert. Freestanding.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "holdfast/core/result.hpp"
#include "holdfast/core/storage.hpp"

namespace holdfast::core {

template <class Storage, class Slot, class Concurrency>
class SharedSlots;

template <Allocator A, class Slot, class Concurrency>
class SharedSlots<Allocated<A>, Slot, Concurrency> {
  using Chunks = DoublingChunks;

 public:
  explicit SharedSlots(A allocator = A()) noexcept : allocator_(std::move(allocator)) {}
  SharedSlots(const SharedSlots&) = delete;
  SharedSlots& operator=(const SharedSlots&) = delete;
  ~SharedSlots() {
    for (unsigned chunk = 0; chunk < Chunks::max_chunks; ++chunk)
      if (Slot* slots = chunks_[chunk].load(std::memory_order_relaxed)) free_chunk(slots, chunk);
  }

  /// The slot, or null when it is not allocated yet (or never will be, for an index that no handle has).
  Slot* find(std::uint32_t index) const noexcept {
    const unsigned chunk = Chunks::chunk_of(index);
    if (chunk >= Chunks::max_chunks) return nullptr;
    Slot* slots = chunks_[chunk].load(std::memory_order_acquire);
    return slots == nullptr ? nullptr : slots + (index - Chunks::first_of(chunk));
  }

  /// The slot. Contract: it is allocated.
  Slot& at(std::uint32_t index) const noexcept {
    const unsigned chunk = Chunks::chunk_of(index);
    return chunks_[chunk].load(std::memory_order_acquire)[index - Chunks::first_of(chunk)];
  }

  /// The index of a slot of this container.
  std::uint32_t index_of(const Slot& slot) const noexcept {
    for (unsigned chunk = 0;; ++chunk) {
      const Slot* slots = chunks_[chunk].load(std::memory_order_acquire);
      if (slots != nullptr && !std::less<>()(&slot, slots) && std::less<>()(&slot, slots + Chunks::slots_in(chunk)))
        return Chunks::first_of(chunk) + static_cast<std::uint32_t>(&slot - slots);
    }
  }

  /// The number of allocated slots.
  std::uint32_t capacity() const noexcept {
    unsigned chunk = 0;
    while (chunk < Chunks::max_chunks && chunks_[chunk].load(std::memory_order_relaxed) != nullptr) ++chunk;
    return Chunks::first_of(chunk);
  }

  /// Makes room for at least `count` slots. Errors: out_of_memory, capacity_exhausted.
  Result<void> grow(std::uint32_t count) noexcept {
    for (unsigned chunk = 0; Chunks::first_of(chunk) < count; ++chunk) {
      if (chunk == Chunks::max_chunks) return fail(ErrorCode::capacity_exhausted, Chunks::first_of(chunk));
      if (chunks_[chunk].load(std::memory_order_acquire) == nullptr) HOLDFAST_TRY(make_chunk(chunk));
    }
    return {};
  }

  A& allocator() noexcept { return allocator_; }

 private:
  Result<void> make_chunk(unsigned chunk) noexcept {
    const std::size_t count = Chunks::slots_in(chunk);
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(Slot))
      return fail(ErrorCode::out_of_memory, std::numeric_limits<std::size_t>::max());
    auto* slots = static_cast<Slot*>(allocator_.allocate(count * sizeof(Slot), alignof(Slot)));
    if (slots == nullptr) return fail(ErrorCode::out_of_memory, count * sizeof(Slot));
    for (std::size_t i = 0; i < count; ++i) std::construct_at(slots + i);
    Slot* theirs = nullptr;
    if (!chunks_[chunk].compare_exchange_strong(theirs, slots, std::memory_order_acq_rel)) free_chunk(slots, chunk);
    return {};
  }

  void free_chunk(Slot* slots, unsigned chunk) noexcept {
    std::destroy_n(slots, Chunks::slots_in(chunk));
    allocator_.deallocate(slots, Chunks::slots_in(chunk) * sizeof(Slot), alignof(Slot));
  }

  std::array<typename Concurrency::template Atomic<Slot*>, Chunks::max_chunks> chunks_{};
  [[no_unique_address]] A allocator_;
};

template <std::uint32_t N, class Slot, class Concurrency>
class SharedSlots<Static<N>, Slot, Concurrency> {
 public:
  Slot* find(std::uint32_t index) noexcept { return index < N ? &slots_[index] : nullptr; }
  const Slot* find(std::uint32_t index) const noexcept { return index < N ? &slots_[index] : nullptr; }
  Slot& at(std::uint32_t index) noexcept { return slots_[index]; }
  const Slot& at(std::uint32_t index) const noexcept { return slots_[index]; }
  std::uint32_t index_of(const Slot& slot) const noexcept { return static_cast<std::uint32_t>(&slot - slots_.data()); }
  std::uint32_t capacity() const noexcept { return N; }

  /// Errors: capacity_exhausted when `count` is more than N.
  Result<void> grow(std::uint32_t count) noexcept {
    if (count > N) return fail(ErrorCode::capacity_exhausted, N);
    return {};
  }

 private:
  std::array<Slot, N> slots_;
};

}  // namespace holdfast::core
