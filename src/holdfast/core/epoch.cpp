// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#if __STDC_HOSTED__
#include <new>

#include "holdfast/core/concurrency.hpp"

namespace holdfast::core {

// Its destructor runs when the thread ends.
struct Epochs::Ending {
  ~Ending() {
    is_ending_ = true;
    for (ReaderRecord<Epochs>* record = own_readers_; record != nullptr;) {
      ReaderRecord<Epochs>* next = record->next_own;
      if (record->depth == 0) disown(*record);
      record = next;
    }
  }
};

ReaderRecord<Epochs>* Epochs::claim_reader() noexcept {
  ReaderRecord<Epochs>* record = all_readers();
  for (bool unclaimed = false; record != nullptr; record = record->next, unclaimed = false)
    if (record->is_claimed.compare_exchange_strong(unclaimed, true, std::memory_order_acq_rel)) break;
  if (record == nullptr) {
    record = new (std::nothrow) ReaderRecord<Epochs>();
    if (record == nullptr) return nullptr;
    record->next = all_readers();
    while (!all_readers_.compare_exchange_weak(record->next, record, std::memory_order_seq_cst)) {
    }
  }
  record->next_own = own_readers_;
  own_readers_ = record;
  if (!is_ending_) {
    thread_local Ending ending;
    static_cast<void>(ending);
  }
  return record;
}

void Epochs::disown(ReaderRecord<Epochs>& record) noexcept {
  ReaderRecord<Epochs>** link = &own_readers_;
  while (*link != &record) link = &(*link)->next_own;
  *link = record.next_own;
  record.next_own = nullptr;
  record.is_claimed.store(false, std::memory_order_release);
}

}  // namespace holdfast::core
#endif
