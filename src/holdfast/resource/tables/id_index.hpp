// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `IdIndex`: maps ids to the slots of a SharedCore. It is a hash table whose chains run through the slots themselves,
// so it allocates only its buckets, and nothing at all with Static storage. It doubles its buckets as values are added;
// without memory for more, chains just get longer.
//
// Every change holds `lock`. A look-up without the lock may stray into the wrong chain, when the slot that it has
// reached is reused for another id, or while the buckets are being doubled. So the caller must check the slot that a
// look-up returns. A look-up that finds nothing checks whether it may have strayed, and if so repeats under the lock.
// Freestanding.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "holdfast/core/highest_bit.hpp"
#include "holdfast/core/storage.hpp"

namespace holdfast::resource::detail {

/// The heads of the chains: a power of two of them, all 0 at first.
template <class Storage, class Concurrency>
class IdBuckets;

template <core::Allocator A, class Concurrency>
class IdBuckets<core::Allocated<A>, Concurrency> {
 public:
  using Bucket = typename Concurrency::template Atomic<std::uint32_t>;

  std::uint32_t count() const noexcept { return count_.load(std::memory_order_seq_cst); }

  Bucket& at(std::uint32_t position) noexcept {
    if (position < first_count) return first_[position];
    const unsigned chunk = chunk_of(position);
    return chunks_[chunk].load(std::memory_order_acquire)[position - (first_count << chunk)];
  }

  /// Allocates as many new buckets as there are; publish_double makes them visible to look-ups. False without memory.
  bool prepare_double(A& allocator) noexcept {
    const std::uint32_t count = count_.load(std::memory_order_relaxed);
    const unsigned chunk = chunk_of(count);
    if (chunk == max_chunks) return false;
    void* memory = allocator.allocate(count * sizeof(Bucket), alignof(Bucket));
    if (memory == nullptr) return false;
    auto* buckets = static_cast<Bucket*>(memory);
    std::uninitialized_value_construct_n(buckets, count);
    chunks_[chunk].store(buckets, std::memory_order_release);
    return true;
  }
  void publish_double() noexcept { count_.store(count() * 2, std::memory_order_seq_cst); }

  /// To be called before the destructor, which has no allocator.
  void free_memory(A& allocator) noexcept {
    for (unsigned chunk = 0; chunk < max_chunks; ++chunk) {
      Bucket* buckets = chunks_[chunk].load(std::memory_order_relaxed);
      if (buckets == nullptr) continue;
      std::destroy_n(buckets, first_count << chunk);
      allocator.deallocate(buckets, (first_count << chunk) * sizeof(Bucket), alignof(Bucket));
    }
  }

 private:
  static constexpr std::uint32_t first_count = 16;
  static constexpr unsigned max_chunks = 24;  // 2^28 buckets, as many as there are slots

  // Chunk c has the buckets from first_count * 2^c up to twice that.
  static constexpr unsigned chunk_of(std::uint32_t position) noexcept {
    return core::highest_bit(position) - core::highest_bit(first_count);
  }

  std::array<Bucket, first_count> first_{};
  std::array<typename Concurrency::template Atomic<Bucket*>, max_chunks> chunks_{};
  typename Concurrency::template Atomic<std::uint32_t> count_{first_count};
};

template <std::uint32_t N, class Concurrency>
class IdBuckets<core::Static<N>, Concurrency> {
 public:
  using Bucket = typename Concurrency::template Atomic<std::uint32_t>;

  static constexpr std::uint32_t count() noexcept { return std::bit_ceil(N); }
  Bucket& at(std::uint32_t position) noexcept { return buckets_[position]; }

 private:
  std::array<Bucket, count()> buckets_{};
};

template <class Id, class Storage, class Concurrency>
class IdIndex;

/// The part of a slot that the index uses.
template <class Id, class Storage, class Concurrency>
struct IdLink {
  static constexpr bool has_lock = true;
  using Common = IdIndex<Id, Storage, Concurrency>;

  typename Concurrency::template Atomic<Id> id{};                // changes only while no value is in the slot
  typename Concurrency::template Atomic<std::uint32_t> next{0};  // the index of the next slot plus 1; 0 is the end
};

template <class Id, class Storage, class Concurrency>
class IdIndex {
  using Buckets = IdBuckets<Storage, Concurrency>;
  using Bucket = typename Buckets::Bucket;

 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  typename Concurrency::Lock lock;
  /// The largest id so far; guarded by `lock`.
  Id last_id = 0;

  /// The slot that has `id`, or `none`. The caller holds `lock`.
  template <class Slots>
  std::uint32_t find(Slots& slots, Id id) noexcept {
    std::uint32_t link = bucket_of(id).load(std::memory_order_seq_cst);
    while (link != 0) {
      auto& slot = slots.at(link - 1);
      if (slot.id.load(std::memory_order_acquire) == id) break;
      link = slot.next.load(std::memory_order_seq_cst);
    }
    return link - 1;
  }

  /// As find, for a caller that does not hold `lock`: by the time it returns, the slot may serve another id or none.
  template <class Slots>
  std::uint32_t find_unlocked(Slots& slots, Id id) noexcept {
    const std::uint32_t before = changes_.load(std::memory_order_seq_cst);
    const std::uint32_t index = find(slots, id);
    if (index != none || (!is_growing(before) && changes_.load(std::memory_order_seq_cst) == before)) return index;
    const typename Concurrency::Exclusive exclusive(lock);
    return find(slots, id);
  }

  /// Adds slot `index` under its id. `values` is the number of values, this one included. The caller holds `lock`.
  template <class Slots>
  void insert(Slots& slots, std::uint32_t index, std::uint32_t values) noexcept {
    if (values > buckets_.count()) grow(slots);
    auto& slot = slots.at(index);
    Bucket& bucket = bucket_of(id_of(slot));
    note_changes(2);  // a look-up that had reached the slot under its old id continues in this chain
    slot.next.store(bucket.load(std::memory_order_relaxed), std::memory_order_release);
    bucket.store(index + 1, std::memory_order_release);
  }

  /// Removes slot `index`: from now on a look-up either does not find it, or is visible to a search for readers (which
  /// is why steps on links are sequentially consistent). The caller holds `lock`.
  template <class Slots>
  void erase(Slots& slots, std::uint32_t index) noexcept {
    auto& slot = slots.at(index);
    Bucket* link = &bucket_of(id_of(slot));
    for (std::uint32_t at = link->load(std::memory_order_relaxed); at != index + 1;
         at = link->load(std::memory_order_relaxed))
      link = &slots.at(at - 1).next;
    note_changes(2);  // a look-up that passed the bucket before the replacement was added finds neither value
    link->store(slot.next.load(std::memory_order_relaxed), std::memory_order_seq_cst);
  }

  template <class A>
  void free_memory(A& allocator) noexcept {
    buckets_.free_memory(allocator);
  }

 private:
  static constexpr bool is_growing(std::uint32_t changes) noexcept { return changes % 2 != 0; }
  void note_changes(std::uint32_t more) noexcept {
    changes_.store(changes_.load(std::memory_order_relaxed) + more, std::memory_order_release);
  }

  template <class Slot>
  static Id id_of(const Slot& slot) noexcept {
    return slot.id.load(std::memory_order_relaxed);
  }

  // Mixes the bits, because ids are often consecutive or multiples of something.
  static constexpr std::uint32_t hash(Id id) noexcept {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(id) * 0x9e37'79b9'7f4a'7c15) >> 32);
  }
  Bucket& bucket_of(Id id) noexcept { return buckets_.at(hash(id) & (buckets_.count() - 1)); }

  template <class Slots>
  void grow(Slots& slots) noexcept {
    if constexpr (requires { buckets_.prepare_double(slots.allocator()); }) {
      const std::uint32_t before = buckets_.count();
      if (!buckets_.prepare_double(slots.allocator())) return;
      note_changes(1);
      for (std::uint32_t position = 0; position < before; ++position)
        split(slots, buckets_.at(position), buckets_.at(before + position), before);
      buckets_.publish_double();
      note_changes(1);
    }
  }

  // Moves the slots of chain `low` whose hash has `bit` to chain `high`.
  template <class Slots>
  void split(Slots& slots, Bucket& low, Bucket& high, std::uint32_t bit) noexcept {
    Bucket* link = &low;
    while (const std::uint32_t at = link->load(std::memory_order_relaxed)) {
      auto& slot = slots.at(at - 1);
      if ((hash(id_of(slot)) & bit) == 0) {
        link = &slot.next;
        continue;
      }
      link->store(slot.next.load(std::memory_order_relaxed), std::memory_order_seq_cst);
      slot.next.store(high.load(std::memory_order_relaxed), std::memory_order_seq_cst);
      high.store(at, std::memory_order_seq_cst);
    }
  }

  Buckets buckets_;
  typename Concurrency::template Atomic<std::uint32_t> changes_{0};  // to chains; odd while buckets are doubled
};

}  // namespace holdfast::resource::detail
