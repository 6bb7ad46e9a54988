// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Epoch-based reclamation: readers say that they read, without writing anything that another reader writes, and
// whoever took something away learns when no reader can see it any more.
//
// A thread that reads in a domain (one table) publishes that in a record of its own: which domain, and the
// domain's epoch at that time. Who removes something makes it unreachable first and looks at the records then.
// Either the reader's record is seen there, or the reader does not find the thing: both sides use sequentially
// consistent steps. A record can be flagged: its owner will call `reader_left` when it is done. So what waits for
// readers is dealt with when the last of them leaves, not at some later time, and no thread ever polls.
//
// A reader that stays delays what was removed from the same table since then, and nothing else.
//
// `Platform` gives the atomics, the list of all records and the calling thread's own (core/concurrency.hpp has
// that of hosted programs): a test passes its own to enumerate the order of steps. Records are made once per thread
// (and per table that a thread reads at the same time as another), used again by later threads and never freed.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>

#include "holdfast/core/lifetime.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::core {

/// What one thread tells others about its reading, on a cache line of its own.
template <class Platform>
struct alignas(64) ReaderRecord {
  template <class U>
  using Atomic = typename Platform::template Atomic<U>;

  Atomic<std::uintptr_t> domain{0};  // the address of the domain that is read, and the flag; 0: none
  Atomic<std::uint64_t> epoch{0};    // the domain's when reading began
  Atomic<bool> is_claimed{true};     // it is some thread's own
  ReaderRecord* next = nullptr;      // in the list of all; never changes once it is in there

  // For the owner alone:
  std::uint32_t depth = 0;  // reads of `domain` that are open, one inside the other
  ReaderRecord* next_own = nullptr;
};

/// What readers may be in: the base of a container.
template <class Platform>
class EpochDomain : public Lifetime<Platform> {
  using Record = ReaderRecord<Platform>;

 public:
  static constexpr std::uint64_t every_epoch = std::numeric_limits<std::uint64_t>::max();

  /// While it lives nothing that its thread finds in the domain is reclaimed. Stays with the thread that made it.
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

  /// The calling thread reads from now on; it may already. Takes no lock and, but for a thread's first time,
  /// writes nothing that other threads write. Errors: out_of_memory, when there is none for the thread's record.
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

  /// Whether the calling thread reads here.
  bool is_entered_here() const noexcept {
    for (const Record* record = Platform::own_readers(); record != nullptr; record = record->next_own)
      if (record->depth != 0 && is_of_this(record->domain.load(std::memory_order_relaxed))) return true;
    return false;
  }

 protected:
  EpochDomain() noexcept = default;
  ~EpochDomain() = default;

  /// A flagged reader has left; the domain was retained for it, and this releases it.
  virtual void reader_left() noexcept = 0;

  /// A new epoch: reads that begin later see what the caller did before.
  std::uint64_t begin_epoch() noexcept { return epoch_.fetch_add(1, std::memory_order_seq_cst) + 1; }

  /// Whether somebody reads since before `epoch`.
  bool has_reader_before(std::uint64_t epoch) const noexcept {
    for (const Record* record = Platform::all_readers(); record != nullptr; record = record->next)
      if (reads_since_before(*record, record->domain.load(std::memory_order_seq_cst), epoch)) return true;
    return false;
  }

  /// The same; and one who does will call reader_left.
  bool flag_reader_before(std::uint64_t epoch) noexcept {
    for (Record* record = Platform::all_readers(); record != nullptr; record = record->next)
      if (flag_if_before(*record, epoch)) return true;
    return false;
  }

 private:
  static constexpr std::uintptr_t flag = 1;

  std::uintptr_t address() const noexcept { return reinterpret_cast<std::uintptr_t>(this); }
  bool is_of_this(std::uintptr_t domain) const noexcept { return (domain & ~flag) == address(); }

  // The epoch is written before the domain: when it is a later read's, the read that `domain` spoke of is over.
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

  // The record with which this thread reads here already, or one that is not in use.
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
    // Unless it is flagged the domain may be gone by now.
    if ((domain & flag) != 0) [[unlikely]]
      reinterpret_cast<EpochDomain*>(domain & ~flag)->reader_left();
  }

  alignas(Platform::line_size) typename Platform::template Atomic<std::uint64_t> epoch_{0};
};

}  // namespace holdfast::core
