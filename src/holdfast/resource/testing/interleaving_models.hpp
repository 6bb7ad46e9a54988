// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of all interleavings share: policies whose threads are modelled, some with a planted bug; `Scene`, a
// table that the threads of one order use; and fixtures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "holdfast/core/epoch.hpp"
#include "holdfast/core/testing/interleaving_test_scheduler.hpp"
#include "holdfast/core/wait_lock.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource::testing {

using core::testing::Exploration;
using core::testing::ModelAtomic;
using core::testing::require;
using core::testing::this_thread;
using core::testing::TornAtomic;
using core::testing::TornCountdown;

// The base of the policies below: like core::Epochs, but with other atomics, and with records that live as long as one
// order.
template <class Self, template <class> class AtomicType>
struct ModelEpochs {
  static constexpr bool has_readers = true;
  static constexpr std::size_t line_size = 8;
  template <class U>
  using Atomic = AtomicType<U>;
  using Lock = core::WaitLock<AtomicType>;

  class Exclusive {
   public:
    explicit Exclusive(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
    Exclusive(const Exclusive&) = delete;
    ~Exclusive() { lock_.unlock(); }

   private:
    Lock& lock_;
  };

  using Record = core::ReaderRecord<Self>;
  static Record* all_readers() noexcept { return all; }
  static Record* own_readers() noexcept { return own[this_thread()]; }
  static Record* claim_reader() noexcept {
    Record& record = records.emplace_back();
    record.next = std::exchange(all, &record);
    record.next_own = std::exchange(own[this_thread()], &record);
    return &record;
  }
  static void reader_is_done(Record&) noexcept {}

  static void reset() {
    records.clear();
    all = nullptr;
    own.fill(nullptr);
  }

 private:
  static inline std::deque<Record> records;
  static inline Record* all = nullptr;
  static inline std::array<Record*, 4> own{};
};

struct Model : ModelEpochs<Model, ModelAtomic> {
  using Domain = core::EpochDomain<Model>;
};

// --- planted bugs ---

// Compare-and-exchange takes two steps.
struct Torn : ModelEpochs<Torn, TornAtomic> {
  using Domain = core::EpochDomain<Torn>;
};

// Giving back a reference takes two steps.
template <class U>
using TornWord = std::conditional_t<sizeof(U) == 8, TornCountdown<U>, ModelAtomic<U>>;
struct TornRelease : ModelEpochs<TornRelease, TornWord> {
  using Domain = core::EpochDomain<TornRelease>;
};

// A remover does not look for readers.
struct Blind : ModelEpochs<Blind, ModelAtomic> {
  class Domain : public core::EpochDomain<Blind> {
   protected:
    ~Domain() = default;
    bool has_reader_before(std::uint64_t) const noexcept { return false; }
    bool flag_reader_before(std::uint64_t) noexcept { return false; }
  };
};

// A remover sees readers, but does not ask them to clean up.
struct Silent : ModelEpochs<Silent, ModelAtomic> {
  class Domain : public core::EpochDomain<Silent> {
   protected:
    ~Domain() = default;
    bool flag_reader_before(std::uint64_t epoch) noexcept { return this->has_reader_before(epoch); }
  };
};

// A reader counts only if its read is as old as the table.
struct Forgetful : ModelEpochs<Forgetful, ModelAtomic> {
  class Domain : public core::EpochDomain<Forgetful> {
   protected:
    ~Domain() = default;
    bool has_reader_before(std::uint64_t) const noexcept { return core::EpochDomain<Forgetful>::has_reader_before(1); }
    bool flag_reader_before(std::uint64_t) noexcept { return core::EpochDomain<Forgetful>::flag_reader_before(1); }
  };
};

// What happened to a value; outlives the table.
struct Fate {
  int cleaned = 0;
  int destroyed = 0;
  int moved = 0;
};

struct Probe {
  explicit Probe(Fate& f) : fate(&f) {}
  Probe(Probe&& other) noexcept : fate(std::exchange(other.fate, nullptr)) { ++fate->moved; }
  ~Probe() {
    if (fate != nullptr) ++fate->destroyed;
  }
  Result<void> cleanup() {
    ++fate->cleaned;
    core::testing::step();
    return {};
  }
  Fate* fate;
};

// A table and what happens to its values, in one order.
template <class Policy>
struct Scene {
  using Table = SharedResourceTable<Probe, Static<4>, Policy>;

  Scene() {
    for (Fate& fate : fates) handles.push_back(*table->emplace(fate));
  }

  // Scenes with a planted bug are never destroyed: the bug may have corrupted them.
  static std::shared_ptr<Scene> make() {
    static auto& scenes = *new std::vector<std::shared_ptr<Scene>>();
    if constexpr (std::is_same_v<Policy, Model>) scenes.clear();
    Policy::reset();
    return scenes.emplace_back(std::make_shared<Scene>());
  }

  // Later reads belong to a later epoch than the first.
  void age() {
    const auto guard = table->read(handles[0]);
    require(table->remove(*table->emplace(early)).has_value(), "a value was not removed");
  }

  static void is_alive(const Fate& fate) {
    for (int i = 0; i < 2; ++i) {
      require(fate.cleaned == 0 && fate.destroyed == 0 && fate.moved == 0, "a value ended while a thread was using it");
      core::testing::step();
    }
  }

  void read(std::size_t i) {
    if (const auto guard = table->read(handles[i])) is_alive(fates[i]);
  }
  void share(std::size_t i) {
    if (const auto shared = table->get_shared(handles[i])) is_alive(fates[i]);
  }
  void remove(std::size_t i) {
    if (table->remove(handles[i])) ++removed[i];
  }
  void take(std::size_t i) {
    if (table->take(handles[i])) ++removed[i];
  }

  // Call when all threads have ended.
  void ended(std::size_t i, int cleaned) {
    require(removed[i] == 1, "not exactly one thread removed the value");
    require(fates[i].destroyed == 1, "a removed value was not destroyed exactly once");
    require(fates[i].cleaned == cleaned, "a removed value was not cleaned up exactly once");
  }
  void is_settled() {
    require(table->lingering() == 0, "a removed value lingers although nothing keeps it alive");
    std::uint32_t live = 0;
    for (const auto entry : *table) live += entry.value.fate != nullptr ? 1 : 0;
    require(table->size() == live, "the size is not the number of values");
  }

  void both_ended() {
    ended(0, 1);
    ended(1, 1);
    is_settled();
  }

  Fate early;
  std::array<Fate, 4> others{};  // of the values that the threads insert
  std::array<Fate, 2> fates{};
  std::array<int, 2> removed{};
  std::unique_ptr<Table> table = std::make_unique<Table>();
  std::vector<Handle<Probe>> handles;
};

// Reports the outcome of an exploration to GoogleTest.
inline void expect_all_orders_hold(const Exploration& exploration, std::size_t at_least) {
  EXPECT_EQ(exploration.failure, "") << "in order " << exploration.orders;
  EXPECT_GE(exploration.orders, at_least) << "too few orders: the threads did not overlap";
  ::testing::Test::RecordProperty("orders", std::to_string(exploration.orders));
}
inline void expect_found(const Exploration& exploration, const std::string& failure) {
  EXPECT_EQ(exploration.failure, failure) << "after " << exploration.orders << " orders";
}

class Interleavings : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "the threads here are coroutines";
#endif
  }
};

class InterleavingsOfABug : public Interleavings {
 protected:
  void SetUp() override {
    Interleavings::SetUp();
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the planted bugs corrupt and leak memory on purpose";
#endif
  }
};

}  // namespace holdfast::resource::testing
