// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs readers, removers and references of a shared table, and the lock that it uses, in every order of their steps,
// and checks that this finds bugs that are planted in them.
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <utility>

#include "holdfast/core/testing/interleaving_test_scheduler.hpp"
#include "holdfast/core/wait_lock.hpp"
#include "holdfast/resource/tables/shared_table.hpp"
#include "holdfast/resource/testing/interleaving_models.hpp"

namespace holdfast::resource {
namespace {

using core::testing::Exploration;
using core::testing::explore;
using core::testing::ModelAtomic;
using core::testing::Program;
using core::testing::require;
using core::testing::TornAtomic;
using testing::Blind;
using testing::expect_all_orders_hold;
using testing::expect_found;
using testing::Fate;
using testing::Forgetful;
using testing::Interleavings;
using testing::InterleavingsOfABug;
using testing::Model;
using testing::Probe;
using testing::Scene;
using testing::Silent;
using testing::Torn;
using testing::TornRelease;

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

}  // namespace
}  // namespace holdfast::resource
