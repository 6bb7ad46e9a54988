// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a resource manager's resources live and end: states and owners, references and lends, clean-ups, and observers of
// these.
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "check.hpp"
#include "holdfast/resource/manager/manager.hpp"
#include "manager_fixture.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

// --- states, owners, times ---

TEST_F(ResourceManagerTest, AResourceHasOneOwnerOrHolderAtATime) {
  Manager manager;
  const auto id = *manager.create(thing, Handle64{1});
  EXPECT_EQ(manager.activate(id, first_owner).error().code, ErrorCode::wrong_state) << "it is not ready yet";
  EXPECT_EQ(manager.lend(id).error().code, ErrorCode::wrong_state);
  ASSERT_TRUE(manager.make_ready(id));
  ASSERT_TRUE(manager.activate(id, first_owner));
  EXPECT_EQ((*manager.peek(id))->owner(), first_owner);
  EXPECT_EQ(manager.activate(id, second_owner).error().code, ErrorCode::wrong_state);
  EXPECT_EQ(manager.deactivate(id, second_owner).error(), make_error(ErrorCode::held_by_another, 1));
  ASSERT_TRUE(manager.deactivate(id, first_owner));
  ASSERT_TRUE(manager.lock(id, second_owner));
  EXPECT_EQ(manager.unlock(id, first_owner).error().code, ErrorCode::held_by_another);
  ASSERT_TRUE(manager.unlock(id, second_owner));
  EXPECT_EQ(*manager.state(id), ResourceState::ready);
}

TEST_F(ResourceManagerTest, ResourcesOfADeadOwnerAreRemovedByForce) {
  Manager manager;
  const auto active = ready(manager, 1);
  const auto locked = ready(manager, 2);
  const auto of_another = ready(manager, 3);
  const auto free = ready(manager, 4);
  ASSERT_TRUE(manager.activate(active, first_owner));
  ASSERT_TRUE(manager.lock(locked, first_owner));
  ASSERT_TRUE(manager.activate(of_another, second_owner));
  EXPECT_EQ(manager.force_deallocate_of(first_owner), 2u);
  EXPECT_EQ(manager.force_deallocate_of(OwnerId()), 0u);
  EXPECT_EQ(cleaned, (List<int>{1, 2}));
  EXPECT_EQ(manager.stats().forced, 2u);
  EXPECT_TRUE(manager.contains(of_another) && manager.contains(free));
}

TEST_F(ResourceManagerTest, TimesAndAccessesAreRecorded) {
  Manager manager({}, clock);
  const auto id = *manager.create(thing, Handle64{1});
  clock.set(150);
  EXPECT_TRUE(manager.get(id));
  EXPECT_TRUE(manager.peek(id));
  const ManagedResource& resource = **manager.peek(id);
  EXPECT_EQ(resource.created(), 100u);
  EXPECT_EQ(resource.last_access(), 150u);
  EXPECT_EQ(resource.access_count(), 1u) << "peek does not count as an access";
}

// --- references and lends ---

TEST_F(ResourceManagerTest, TheLastReferenceDropsTheResource) {
  Manager manager;
  const auto id = ready(manager, 1);
  ASSERT_TRUE(manager.retain(id));
  ASSERT_TRUE(manager.retain(id));
  EXPECT_EQ(manager.drop(id, thing).error(), make_error(ErrorCode::resource_lent, 2)) << "others hold it";
  ASSERT_TRUE(manager.release(id));
  ASSERT_TRUE(manager.release(id));
  EXPECT_EQ((*manager.peek(id))->references(), 1u);
  ASSERT_TRUE(manager.activate(id, first_owner));
  EXPECT_EQ(manager.release(id).error().code, ErrorCode::wrong_state) << "the last reference stays";
  ASSERT_TRUE(manager.deactivate(id, first_owner));
  ASSERT_TRUE(manager.release(id));
  EXPECT_EQ(cleaned, (List<int>{1}));
  EXPECT_EQ(manager.release(id).error().code, ErrorCode::stale_handle);
}

TEST_F(ResourceManagerTest, ALentNumberReportsRemovedByHostAfterAForcedRemoval) {
  Manager manager;
  const auto id = ready(manager, 1);
  const std::uint32_t number = *manager.lend(id);
  EXPECT_EQ(*manager.lend(id), number);
  EXPECT_EQ(*manager.lent(number), id);
  EXPECT_EQ(*manager.lends(id), 2u);
  EXPECT_EQ(manager.deallocate(id).error(), make_error(ErrorCode::resource_lent, 2));
  ASSERT_TRUE(manager.force_deallocate(id));
  EXPECT_EQ(manager.stats().forced, 1u);
  EXPECT_EQ(manager.lent(number).error().code, ErrorCode::removed_by_host);
  ASSERT_TRUE(manager.give_back(number));
  ASSERT_TRUE(manager.give_back(number));
  EXPECT_EQ(manager.give_back(number).error().code, ErrorCode::stale_handle);
}

// --- clean-up that fails, and later clean-up ---

TEST_F(ResourceManagerTest, AFailedCleanUpIsReportedAndRetriedUntilItIsADeadLetter) {
  Manager manager({.cleanup = {.max_attempts = 3, .first_delay = 1}}, clock);
  const auto id = *manager.create(thing, Handle64{4}, {.size_hint = 32});
  failures = 100;
  EXPECT_EQ(manager.deallocate(id).error(), make_error(ErrorCode::cleanup_failed, 7));
  EXPECT_EQ(manager.get(id).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(*manager.state(id), ResourceState::pending_cleanup);
  EXPECT_EQ(manager.stats().memory, 32u) << "it keeps its memory";
  for (int i = 0; i < 10; ++i) {
    clock.advance(100);
    manager.run_cleanup();
  }
  EXPECT_EQ(cleaned.size(), 3u);
  EXPECT_EQ(*manager.state(id), ResourceState::dead);
  EXPECT_EQ(manager.cleanup_queue().dead_letters(), 1u);
  EXPECT_EQ(manager.stats().deallocations, 0u);
  manager.cleanup_queue().for_each_dead([&](auto, const PendingResource& dead, const Error& error) {
    EXPECT_EQ(dead.id, id);
    EXPECT_EQ(error, make_error(ErrorCode::cleanup_failed, 7));
  });
  failures = 0;
  const auto good = ready(manager, 5);
  EXPECT_TRUE(manager.drop(good, thing)) << "others are not delayed";
}

TEST_F(ResourceManagerTest, AScheduledCleanUpHappensInTheNextRun) {
  Manager manager;
  const auto id = *manager.create(thing, Handle64{4}, {.size_hint = 32});
  ASSERT_TRUE(manager.schedule_cleanup(id));
  EXPECT_TRUE(cleaned.empty());
  EXPECT_EQ(manager.get(id).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(manager.schedule_cleanup(id).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(*manager.state(id), ResourceState::pending_cleanup);
  EXPECT_EQ(manager.run_cleanup().cleaned, 1u);
  EXPECT_EQ(cleaned, (List<int>{4}));
  EXPECT_EQ(manager.cleanup_queue().stats().memory_freed, 32u);
  EXPECT_EQ(manager.stats().memory_freed, 32u);
}

TEST_F(ResourceManagerTest, DestroyingTheManagerCleansUpEverythingOnceNewestFirst) {
  {
    Manager manager;
    const auto a = ready(manager, 1);
    const auto b = ready(manager, 2);
    const auto c = ready(manager, 3);
    ASSERT_TRUE(manager.activate(b, first_owner));
    ASSERT_TRUE(manager.lend(c));
    ASSERT_TRUE(manager.form(group, std::array{a}));
    ASSERT_TRUE(manager.schedule_cleanup(ready(manager, 4)));
  }
  EXPECT_EQ(cleaned, (List<int>{-1, 1, 3, 2, 4}));
}

TEST_F(ResourceManagerTest, ACleanUpThatFailsInTheDestructorGetsALastAttempt) {
  {
    Manager manager;
    ready(manager, 1);
    failures = 1;
  }
  EXPECT_EQ(cleaned, (List<int>{1, 1}));
}

// --- observers ---

TEST_F(ResourceManagerTest, AnObserverReceivesEachStepOfALife) {
  Events events;
  Observed manager({}, {}, Recorder{&events});
  const auto id = *manager.create(thing, Handle64{1});
  EXPECT_FALSE(manager.create(thing, Handle32{1}));
  ASSERT_TRUE(manager.make_ready(id));
  EXPECT_TRUE(manager.get(id));
  EXPECT_FALSE(manager.deactivate(id, first_owner));
  const auto renewed = *manager.transform(id, thing, thing, Handle64{2});
  failures = 1;
  EXPECT_FALSE(manager.drop(renewed, thing));
  const std::string_view expected[] = {"create", "Ready", "access", "transform", "PendingCleanup", "cleanup", "failed"};
  ASSERT_EQ(events.log.size(), std::size(expected));
  for (std::size_t i = 0; i < events.log.size(); ++i) EXPECT_TRUE(events.log[i] == expected[i]);
}

TEST_F(ResourceManagerTest, CallbacksMayCallBackIntoTheManager) {
  struct Meddler {
    Observed* manager;
    ResourceManagerTest* test;
    ResourceId target;
  };
  Events events;
  Observed manager({}, {}, Recorder{&events});
  const auto id = ready(manager, 1);
  Meddler meddler{&manager, this, id};
  events.context = &meddler;
  events.then = [](void* context, ResourceId of) {
    auto& m = *static_cast<Meddler*>(context);
    if (of != m.target) return;
    EXPECT_FALSE(m.manager->drop(of, m.test->thing));
    EXPECT_FALSE(m.manager->force_deallocate(of));
    EXPECT_TRUE(m.manager->create(m.test->thing, Handle64{9}));
  };
  ASSERT_TRUE(manager.drop(id, thing));
  EXPECT_EQ(cleaned, (List<int>{1})) << "clean-up runs once, whatever the callbacks do";
  events.then = [](void* context, ResourceId accessed) {
    auto& m = *static_cast<Meddler*>(context);
    if (m.manager->contains(accessed)) static_cast<void>(m.manager->force_deallocate(accessed));
  };
  const auto victim = manager.create(other, Handle64{2});
  EXPECT_TRUE(victim && !manager.contains(*victim)) << "removed as soon as it was created";
  EXPECT_EQ(manager.get(*victim).error().code, ErrorCode::stale_handle);
  events.then = nullptr;
}

TEST_F(ResourceManagerTest, ACleanUpMayTakeAnAggregateApartInTheManagersDestructor) {
  struct Meddler {
    Manager* manager = nullptr;
    const ResourceType* group = nullptr;
    ResourceId whole;
  };
  Meddler meddler;
  const ResourceType meddling{.name = "meddling",
                              .cleanup = [](void* context, const ManagedResource&) noexcept -> Result<void> {
                                auto& m = *static_cast<Meddler*>(context);
                                std::array<ResourceId, 1> part;
                                EXPECT_TRUE(m.manager->take_apart(m.whole, *m.group, part));
                                EXPECT_EQ(m.manager->allocate({}).error().code, ErrorCode::wrong_state);
                                return {};
                              },
                              .context = &meddler};
  {
    Manager manager;
    const auto first = ready(manager, 9);
    EXPECT_TRUE(manager.create(meddling, Handle32{}));
    const auto part = ready(manager, 1);
    ASSERT_TRUE(manager.drop(first, thing));
    cleaned = {};
    meddler = {&manager, &group, *manager.form(group, std::array{part})};  // in the first slot, so visited last
    failures = 1;  // the clean-up of the whole, which then waits in the queue for its last attempt
  }
  EXPECT_EQ(cleaned, (List<int>{-1, 1, -1}));
}

}  // namespace
}  // namespace holdfast::resource
