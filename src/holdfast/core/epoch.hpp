// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Epoch-based reclamation. Readers announce that they read, without writing to memory that another reader writes. A
// thread that removes a value learns when no reader can see that value any more.
//
// A thread that reads in a domain (one table) publishes a record of its own: the domain, and the domain's epoch when
// the read began. A thread that removes a value first makes it unreachable and then looks at the records. All these
// steps are sequentially consistent, so either the remover sees the reader's record or the reader does not find the
// value. The remover can flag a record: its owner then calls `reader_left` when it has finished reading. So a removed
// value is reclaimed as soon as its last reader leaves, and no thread ever polls.
//
// A reader that stays delays only the values that were removed from the same table since it began.
//
// `Platform` provides the atomics, the list of all records and the calling thread's own records (core/concurrency.hpp
// has the platform of hosted programs); a test passes its own platform to enumerate the order of steps. A thread
// creates one record, plus one for each further table that it reads at the same time. Later threads reuse records, and
// records are never freed.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>

#include "holdfast/core/lifetime.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::core {

/// What one thread publishes about its reading, on a cache line of its own.
template <class Platform>
struct alignas(64) ReaderRecord {
  template <class U>
  using Atomic = typename Platform::template Atomic<U>;

  Atomic<std::uintptr_t> domain{0};  // the address of the domain that is read, and the flag; 0: none
  Atomic<std::uint64_t> epoch{0};    // the domain's epoch when reading began
  Atomic<bool> is_claimed{true};     // whether a thread owns the record
  ReaderRecord* next = nullptr;      // in the list of all records; never changes once the record is in the list

  // Used by the owner only:
  std::uint32_t depth = 0;  // nested reads of `domain` that are open
  ReaderRecord* next_own = nullptr;
};

/// A container that readers can be in; a base class.
template <class Platform>
class EpochDomain : public Lifetime<Platform> {
  using Record = ReaderRecord<Platform>;

 public:
  static constexpr std::uint64_t every_epoch = std::numeric_limits<std::uint64_t>::max();

  /// While a Pin lives, no value that its thread finds in the domain is reclaimed. It must not change threads.
  class [[nodiscard]] Pin {
   public:
    Pin(Pin&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
    Pin& operator=(Pin&& other) noexcept {
      std::swap(record_, other.record_);
      return *this;
    }
    ~Pin() {
      if (record_ != nullptr) leave(*record_);
    }

   private:
    friend EpochDomain;
    explicit Pin(Record& record) noexcept : record_(&record) {}
    Record* record_;
  };

  /// Begins a read of the calling thread; reads may nest. Takes no lock and, except on a thread's first read, does not
  /// write to memory that other threads write. Errors: out_of_memory when the thread's record cannot be allocated.
  Result<Pin> enter() noexcept {
    Record* record = own_record();
    if (record == nullptr) [[unlikely]]
      return fail(ErrorCode::out_of_memory, sizeof(Record));
    if (record->depth++ == 0) {
      record->epoch.store(epoch_.load(std::memory_order_acquire), std::memory_order_release);
      record->domain.store(address(), std::memory_order_seq_cst);
    }
    return Pin(*record);
  }

  /// Whether the calling thread is reading in this domain.
  bool is_entered_here() const noexcept {
    for (const Record* record = Platform::own_readers(); record != nullptr; record = record->next_own)
      if (record->depth != 0 && is_of_this(record->domain.load(std::memory_order_relaxed))) return true;
    return false;
  }

 protected:
  EpochDomain() noexcept = default;
  ~EpochDomain() = default;

  /// Called when a flagged reader has left. The domain was retained for that reader; the implementation releases it.
  virtual void reader_left() noexcept = 0;

  /// Begins a new epoch and returns it: reads that begin later see what the caller did before.
  std::uint64_t begin_epoch() noexcept { return epoch_.fetch_add(1, std::memory_order_seq_cst) + 1; }

  /// Whether some thread has been reading since before `epoch`.
  bool has_reader_before(std::uint64_t epoch) const noexcept {
    for (const Record* record = Platform::all_readers(); record != nullptr; record = record->next)
      if (reads_since_before(*record, record->domain.load(std::memory_order_seq_cst), epoch)) return true;
    return false;
  }

  /// As has_reader_before, and flags one such reader, which then calls reader_left when it leaves.
  bool flag_reader_before(std::uint64_t epoch) noexcept {
    for (Record* record = Platform::all_readers(); record != nullptr; record = record->next)
      if (flag_if_before(*record, epoch)) return true;
    return false;
  }

 private:
  static constexpr std::uintptr_t flag = 1;

  std::uintptr_t address() const noexcept { return reinterpret_cast<std::uintptr_t>(this); }
  bool is_of_this(std::uintptr_t domain) const noexcept { return (domain & ~flag) == address(); }

  // A reader writes the epoch before the domain. So if the epoch belongs to a later read, the read that `domain` was
  // loaded from has ended.
  bool reads_since_before(const Record& record, std::uintptr_t domain, std::uint64_t epoch) const noexcept {
    return is_of_this(domain) && record.epoch.load(std::memory_order_acquire) < epoch;
  }

  bool flag_if_before(Record& record, std::uint64_t epoch) noexcept {
    std::uintptr_t domain = record.domain.load(std::memory_order_seq_cst);
    while (reads_since_before(record, domain, epoch)) {
      if ((domain & flag) != 0) return true;
      this->retain();
      if (record.domain.compare_exchange_strong(domain, domain | flag, std::memory_order_seq_cst)) return true;
      this->release();
    }
    return false;
  }

  // The record with which this thread is already reading in this domain, or else an unused record.
  Record* own_record() const noexcept {
    Record* unused = nullptr;
    for (Record* record = Platform::own_readers(); record != nullptr; record = record->next_own) {
      if (record->depth == 0) {
        unused = record;
      } else if (is_of_this(record->domain.load(std::memory_order_relaxed))) {
        return record;
      }
    }
    return unused != nullptr ? unused : Platform::claim_reader();
  }

  static void leave(Record& record) noexcept {
    if (--record.depth != 0) return;
    const std::uintptr_t domain = record.domain.exchange(0, std::memory_order_acq_rel);
    Platform::reader_is_done(record);
    // Only a flagged record keeps the domain alive; otherwise it may have been destroyed by now.
    if ((domain & flag) != 0) [[unlikely]]
      reinterpret_cast<EpochDomain*>(domain & ~flag)->reader_left();
  }

  alignas(Platform::line_size) typename Platform::template Atomic<std::uint64_t> epoch_{0};
};

}  // namespace holdfast::core
