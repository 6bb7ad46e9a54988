// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the algorithms that several threads share in every order of their steps, and checks that this finds bugs that
// are planted in them.
#include <array>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "holdfast/core/epoch.hpp"
#include "holdfast/core/testing/interleaving_test_scheduler.hpp"
#include "holdfast/core/wait_lock.hpp"
#include "holdfast/resource/budget/account.hpp"
#include "holdfast/resource/budget/lease.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource {
namespace {

using core::testing::Exploration;
using core::testing::explore;
using core::testing::ModelAtomic;
using core::testing::Program;
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
void expect_all_orders_hold(const Exploration& exploration, std::size_t at_least) {
  EXPECT_EQ(exploration.failure, "") << "in order " << exploration.orders;
  EXPECT_GE(exploration.orders, at_least) << "too few orders: the threads did not overlap";
  ::testing::Test::RecordProperty("orders", std::to_string(exploration.orders));
}
void expect_found(const Exploration& exploration, const std::string& failure) {
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

// --- readers and removers ---

template <class Policy>
Exploration reader_and_remover(bool is_aged) {
  return explore(3, [is_aged] {
    auto scene = Scene<Policy>::make();
    if (is_aged) scene->age();
    return Program{.threads = {[scene] { scene->read(0); },
                               [scene] {
                                 scene->remove(0);
                                 scene->remove(1);
                               }},
                   .at_end = [scene] { scene->both_ended(); }};
  });
}
TEST_F(Interleavings, AReaderKeepsAValueAndTheLastReaderCleansUp) {
  expect_all_orders_hold(reader_and_remover<Model>(false), 1000);
  expect_all_orders_hold(reader_and_remover<Model>(true), 1000);
}
TEST_F(InterleavingsOfABug, ARemoverThatDoesNotLookForReadersIsFound) {
  expect_found(reader_and_remover<Blind>(false), "a value ended while a thread was using it");
}
TEST_F(InterleavingsOfABug, AReaderThatIsNotAskedToCleanUpIsFound) {
  expect_found(reader_and_remover<Silent>(false), "a removed value was not destroyed exactly once");
}

template <class Policy>
Exploration two_readers_and_a_remover() {
  return explore(2, [] {
    auto scene = Scene<Policy>::make();
    return Program{.threads = {[scene] {
                                 scene->read(0);
                                 scene->read(1);
                               },
                               [scene] { scene->read(1); },
                               [scene] {
                                 scene->remove(0);
                                 scene->remove(1);
                               }},
                   .at_end = [scene] { scene->both_ended(); }};
  });
}
TEST_F(Interleavings, TwoReadersAndARemover) { expect_all_orders_hold(two_readers_and_a_remover<Model>(), 1000); }
TEST_F(InterleavingsOfABug, AnEpochThatIsNotComparedIsFound) {
  expect_found(reader_and_remover<Forgetful>(true), "a value ended while a thread was using it");
}

template <class Policy>
Exploration two_removers_and_a_reader() {
  return explore(2, [] {
    auto scene = Scene<Policy>::make();
    return Program{.threads = {[scene] { scene->remove(0); }, [scene] { scene->remove(0); },
                               [scene] {
                                 scene->read(0);
                                 scene->remove(1);
                               }},
                   .at_end = [scene] { scene->both_ended(); }};
  });
}
TEST_F(Interleavings, OneOfTwoRemoversSucceeds) { expect_all_orders_hold(two_removers_and_a_reader<Model>(), 1000); }
TEST_F(InterleavingsOfABug, ARemovalInTwoStepsIsFound) {
  expect_found(two_removers_and_a_reader<Torn>(), "not exactly one thread removed the value");
}

// --- references ---

template <class Policy>
Exploration references_and_a_remover() {
  return explore(2, [] {
    auto scene = Scene<Policy>::make();
    return Program{.threads = {[scene] { scene->share(0); },
                               [scene, weak = *scene->table->create_weak(scene->handles[0])] {
                                 if (auto shared = weak.upgrade()) {
                                   const auto copy = *shared;
                                   shared->reset();
                                   scene->is_alive(scene->fates[0]);
                                 } else {
                                   require(scene->removed[0] == 0 || weak.is_expired(), "an upgrade failed early");
                                 }
                               },
                               [scene] { scene->remove(0); }},
                   .at_end = [scene] {
                     scene->ended(0, 1);
                     scene->is_settled();
                   }};
  });
}
TEST_F(Interleavings, UpgradeAgainstTheLastReleaseAndRemove) {
  expect_all_orders_hold(references_and_a_remover<Model>(), 1000);
}
TEST_F(InterleavingsOfABug, AReferenceThatIsCountedInTwoStepsIsFound) {
  EXPECT_NE(references_and_a_remover<Torn>().failure, "");
  EXPECT_NE(references_and_a_remover<TornRelease>().failure, "");
}

TEST_F(Interleavings, ATableIsDestroyedWhileOthersHoldReferences) {
  const auto exploration = explore(2, [] {
    using Table = SharedResourceTable<Probe, Dynamic, Model>;
    struct Heap {
      Fate fate;
      std::optional<Table> table{std::in_place};
      Table::Shared shared;
      Table::WeakHandle weak;
    };
    Model::reset();
    auto heap = std::make_shared<Heap>();
    heap->shared = *heap->table->get_shared(*heap->table->emplace(heap->fate));
    heap->weak = heap->shared.weak();
    return Program{.threads = {[heap] { heap->table.reset(); },
                               [heap] {
                                 Scene<Model>::is_alive(heap->fate);
                                 heap->shared.reset();
                               },
                               [heap] {
                                 if (const auto shared = heap->weak.upgrade()) Scene<Model>::is_alive(heap->fate);
                                 heap->weak = {};
                               }},
                   .at_end = [heap] {
                     require(heap->fate.cleaned == 1 && heap->fate.destroyed == 1, "not cleaned up exactly once");
                   }};
  });
  expect_all_orders_hold(exploration, 1000);
}

// --- take ---

template <class Policy>
Exploration takers_and_a_reader() {
  return explore(2, [] {
    auto scene = Scene<Policy>::make();
    return Program{.threads = {[scene] { scene->take(0); }, [scene] { scene->take(0); }, [scene] { scene->read(0); }},
                   .at_end = [scene] {
                     scene->ended(0, 0);
                     scene->is_settled();
                   }};
  });
}
TEST_F(Interleavings, OneOfTwoTakersSucceedsAndWaitsForTheReader) {
  expect_all_orders_hold(takers_and_a_reader<Model>(), 1000);
}
TEST_F(InterleavingsOfABug, ATakerThatDoesNotWaitIsFound) {
  expect_found(takers_and_a_reader<Blind>(), "a value ended while a thread was using it");
}
TEST_F(InterleavingsOfABug, ATakerThatNobodyWakesIsFound) { expect_found(takers_and_a_reader<Silent>(), "deadlock"); }

// --- slots ---

template <class Policy>
Exploration threads_that_insert_and_remove() {
  return explore(2, [] {
    auto scene = Scene<Policy>::make();
    const auto churn = [scene](Fate* fates) {
      const auto first = scene->table->emplace(fates[0]);
      require(first.has_value(), "the table was full");
      require(scene->table->remove(*first).has_value(), "another thread removed the value");
      const auto second = scene->table->emplace(fates[1]);
      require(second.has_value() && *second != *first, "a handle came back");
    };
    return Program{.threads = {[=] { churn(&scene->others[0]); }, [=] { churn(&scene->others[2]); }}, .at_end = [=] {
                     require(scene->table->size() == 4, "the table did not grow by two");
                     for (const std::size_t i : {0u, 2u})
                       require(scene->others[i].cleaned == 1, "not cleaned up exactly once");
                     for (const std::size_t i : {1u, 3u}) require(scene->others[i].destroyed == 0, "destroyed early");
                     scene->is_settled();
                     require(!scene->table->emplace(scene->others[0]), "a slot was not used");
                   }};
  });
}
TEST_F(Interleavings, NoTwoThreadsGetTheSameSlot) {
  expect_all_orders_hold(threads_that_insert_and_remove<Model>(), 1000);
}
TEST_F(InterleavingsOfABug, ASlotThatIsTakenInTwoStepsIsFound) {
  EXPECT_NE(threads_that_insert_and_remove<Torn>().failure, "");
}

// --- the registry ---

template <class Policy>
struct Ids {
  using Registry = ResourceRegistry<int, std::uint32_t, Dynamic, Policy>;
  static std::shared_ptr<Registry> make(int values) {
    Policy::reset();
    auto registry = std::make_shared<Registry>();
    for (int i = 1; i <= values; ++i) static_cast<void>(registry->register_(i));
    return registry;
  }
};

TEST_F(Interleavings, OneOfTwoInsertsOfAnIdSucceeds) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(0);
    auto inserted = std::make_shared<int>(0);
    const auto insert = [=](int value) {
      auto result = registry->insert(7, value);
      if (result) {
        ++*inserted;
      } else {
        require(result.error().error.code == ErrorCode::id_in_use && result.error().value == value, "not given back");
      }
    };
    return Program{.threads = {[=] { insert(1); }, [=] { insert(2); }}, .at_end = [=] {
                     require(*inserted == 1 && registry->len() == 1, "not exactly one was inserted");
                     require(registry->contains(7), "the value is not found");
                   }};
  });
  expect_all_orders_hold(exploration, 100);
}

TEST_F(Interleavings, InsertAgainstTakeOfTheSameId) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(0);
    static_cast<void>(registry->insert(7, 1));
    auto sum = std::make_shared<int>(0);
    const auto take = [=] {
      if (const auto taken = registry->take(7)) *sum += *taken;
    };
    return Program{.threads = {take,
                               [=] {
                                 if (!registry->insert(7, 10)) *sum += 10;
                                 take();
                               }},
                   .at_end = [=] {
                     if (const auto left = registry->take(7)) *sum += *left;
                     require(*sum == 11, "a value was lost or taken twice");
                     require(registry->is_empty(), "a value is left");
                   }};
  });
  expect_all_orders_hold(exploration, 1000);
}

TEST_F(Interleavings, AReplacedIdIsAlwaysFound) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(1);
    auto seen = std::make_shared<int>(0);
    const auto look = [=] {
      const auto shared = registry->get(1);
      require(shared.has_value(), "the id was not found");
      if (!shared) return;
      require(**shared >= *seen, "an older value was found after a newer one");
      *seen = **shared;
    };
    return Program{
        .threads = {[=] {
                      look();
                      look();
                    },
                    [=] {
                      for (const int value : {2, 3})
                        require(registry->insert(1, value, IfLive::replace).has_value(), "not replaced");
                    }},
        .at_end = [=] { require(registry->len() == 1 && registry->lingering() == 0, "not exactly one is left"); }};
  });
  expect_all_orders_hold(exploration, 1000);
}

// The replaced value is not the first in its chain: a look-up that passed the first before the new value was added
// could find neither.
TEST_F(Interleavings, AReplacedIdBehindAnotherIsAlwaysFound) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(0);
    // Of 16 buckets, 1 and 28 share one; the youngest value is the first in it.
    for (const std::uint32_t id : {1u, 28u}) static_cast<void>(registry->insert(id, static_cast<int>(id)));
    return Program{
        .threads = {[=] { require(registry->get(1).has_value(), "the id was not found"); },
                    [=] { require(registry->insert(1, 2, IfLive::replace).has_value(), "not replaced"); }},
        .at_end = [=] { require(registry->len() == 2 && registry->contains(28), "not exactly two are left"); }};
  });
  expect_all_orders_hold(exploration, 100);
}

TEST_F(Interleavings, LiveIdsAreFoundWhileTheIndexGrows) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(16);
    return Program{.threads = {[=] {
                                 for (const std::uint32_t id : {3u, 16u}) {
                                   const auto guard = registry->read(id);
                                   require(guard.has_value() && **guard == static_cast<int>(id),
                                           "a live id was not found");
                                 }
                                 require(!registry->contains(99), "an unknown id was found");
                               },
                               [=] { require(*registry->register_(17) == 17, "an unexpected id"); }},
                   .at_end = [=] {
                     for (std::uint32_t id = 1; id <= 17; ++id)
                       require(registry->contains(id), "a live id was not found");
                   }};
  });
  expect_all_orders_hold(exploration, 1000);
}

// A slot is freed and reused under another id while a look-up without the lock is at it.
TEST_F(Interleavings, AReusedSlotIsNotMistakenForTheOldId) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(1);
    return Program{.threads = {[=] {
                                 const auto shared = registry->get(1);
                                 require(!shared || **shared == 1, "get returned the value of another id");
                                 const auto guard = registry->read(1);
                                 require(!guard || **guard == 1, "read returned the value of another id");
                               },
                               [=] {
                                 static_cast<void>(registry->remove(1));
                                 require(registry->insert(2, 2).has_value(), "the id was in use");
                               }},
                   .at_end = [=] {
                     require(!registry->contains(1) && registry->contains(2), "id 2 did not replace id 1");
                     require(registry->len() == 1 && registry->lingering() == 0, "not exactly one is left");
                   }};
  });
  expect_all_orders_hold(exploration, 1000);
}

// The same, but the look-up strays into another chain.
TEST_F(Interleavings, ALookUpThatStraysStillFindsALiveId) {
  const auto exploration = explore(2, [] {
    auto registry = Ids<Model>::make(0);
    // Of 16 buckets, 1 and 28 share one; 2 has another.
    for (const std::uint32_t id : {1u, 28u}) static_cast<void>(registry->insert(id, static_cast<int>(id)));
    return Program{.threads = {[=] {
                                 const auto shared = registry->get(1);
                                 require(shared.has_value() && **shared == 1, "a live id was not found");
                               },
                               [=] {
                                 static_cast<void>(registry->remove(28));
                                 require(registry->insert(2, 2).has_value(), "the id was in use");
                               }},
                   .at_end = [=] { require(registry->contains(1) && registry->contains(2), "an id is missing"); }};
  });
  expect_all_orders_hold(exploration, 30);
}

// --- the lock ---

template <template <class> class Atomic>
Exploration lock_of_three() {
  return explore(3, [] {
    struct Guarded {
      core::WaitLock<Atomic> lock;
      int inside = 0;
      int passed = 0;
    };
    auto guarded = std::make_shared<Guarded>();
    const auto pass = [guarded] {
      guarded->lock.lock();
      require(++guarded->inside == 1, "two are inside");
      core::testing::step();
      --guarded->inside;
      ++guarded->passed;
      guarded->lock.unlock();
    };
    return Program{.threads = {pass, pass, pass},
                   .at_end = [=] { require(guarded->passed == 3, "a thread did not pass"); }};
  });
}
TEST_F(Interleavings, TheLockLetsThreadsInOneAtATimeAndAllThrough) {
  expect_all_orders_hold(lock_of_three<ModelAtomic>(), 1000);
}
TEST_F(InterleavingsOfABug, ALockThatIsTakenInTwoStepsIsFound) {
  expect_found(lock_of_three<TornAtomic>(), "two are inside");
}

// --- budgets ---

template <template <class> class Atomic>
struct Node {
  explicit Node(Node* above, Amount limit) : up(above) { accounts[0].limit.store(limit); }
  Node* parent() noexcept { return up; }
  BasicAccount<Atomic>& account(Dimension) noexcept { return accounts[0]; }
  Node* up;
  std::array<BasicAccount<Atomic>, 1> accounts;
};

template <template <class> class Atomic>
Exploration takers_in_a_tree() {
  return explore(2, [] {
    struct Tree {
      Node<Atomic> root{nullptr, 3};
      Node<Atomic> left{&root, 2};
      Node<Atomic> right{&root, 2};
      std::array<Amount, 2> held{};
    };
    auto tree = std::make_shared<Tree>();
    const auto use = [tree](Node<Atomic>& node, std::size_t thread) {
      for (const Amount amount : {2u, 1u}) {
        if (take_in_tree(node, Dimension::handles, amount, Stretch::no) != nullptr) continue;
        tree->held[thread] += amount;
        require(tree->held[0] + tree->held[1] <= 3, "more is held than the root allows");
        core::testing::step();
        if (amount == 2) {
          tree->held[thread] -= amount;
          give_back_in_tree(node, Dimension::handles, amount);
        }
      }
    };
    return Program{.threads = {[=] { use(tree->left, 0); }, [=] { use(tree->right, 1); }}, .at_end = [=] {
                     require(tree->root.accounts[0].used.load() == tree->held[0] + tree->held[1],
                             "the root does not add up");
                     require(tree->left.accounts[0].used.load() == tree->held[0], "the left node does not add up");
                     require(tree->right.accounts[0].used.load() == tree->held[1], "the right node does not add up");
                     require(tree->root.accounts[0].peak.load() <= 3, "the peak exceeds the limit");
                   }};
  });
}
TEST_F(Interleavings, ATreeOfBudgetsNeverExceedsALimitAndAddsUp) {
  expect_all_orders_hold(takers_in_a_tree<ModelAtomic>(), 1000);
}
TEST_F(InterleavingsOfABug, AnAccountThatIsChangedInTwoStepsIsFound) {
  EXPECT_NE(takers_in_a_tree<TornAtomic>().failure, "");
  EXPECT_NE(takers_in_a_tree<TornCountdown>().failure, "");
}

// One thread spends a lease while another recalls what is idle. The gate between them is the real one; the arithmetic
// mirrors that of Lease.
template <template <class> class Atomic>
Exploration lease_and_recall() {
  return explore(3, [] {
    struct Leased {
      Node<Atomic> root{nullptr, 4};
      BasicGate<Atomic> gate;
      Amount left = 0;
      Amount spent = 0;
      Amount elsewhere = 0;
    };
    auto leased = std::make_shared<Leased>();
    const auto spend = [leased] {
      if (!leased->gate.try_enter()) return;
      if (leased->left == 0 && take_in_tree(leased->root, Dimension::handles, 3, Stretch::no) == nullptr)
        leased->left = 3;
      const Amount before = leased->left;
      core::testing::step();
      if (before != 0) {
        leased->left = before - 1;
        ++leased->spent;
      }
      leased->gate.leave();
    };
    const auto recall = [leased] {
      for (int i = 0; i < 2; ++i) {
        if (take_in_tree(leased->root, Dimension::handles, 2, Stretch::no) == nullptr) {
          leased->elsewhere += 2;
          return;
        }
        if (!leased->gate.try_enter()) continue;
        const Amount idle = std::exchange(leased->left, 0);
        core::testing::step();
        if (idle != 0) give_back_in_tree(leased->root, Dimension::handles, idle);
        leased->gate.leave();
      }
    };
    return Program{.threads = {[=] {
                                 spend();
                                 spend();
                               },
                               recall},
                   .at_end = [=] {
                     const Amount used = leased->root.accounts[0].used.load();
                     require(used == leased->left + leased->spent + leased->elsewhere, "the lease does not add up");
                     require(used <= 4, "usage exceeds the limit");
                   }};
  });
}
TEST_F(Interleavings, ALeaseAndARecallAddUp) { expect_all_orders_hold(lease_and_recall<ModelAtomic>(), 30); }

template <class U>
class TornExchange : public ModelAtomic<U> {
 public:
  using ModelAtomic<U>::ModelAtomic;
  U exchange(U value, std::memory_order = std::memory_order_seq_cst) noexcept {
    const U seen = this->load();
    this->store(value);
    return seen;
  }
};
TEST_F(InterleavingsOfABug, AGateThatIsEnteredInTwoStepsIsFound) {
  EXPECT_NE(lease_and_recall<TornExchange>().failure, "");
}

}  // namespace
}  // namespace holdfast::resource
