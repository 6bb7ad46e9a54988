// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs threads that look up, insert and remove ids of a registry in every order of their steps.
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>

#include "holdfast/core/testing/interleaving_test_scheduler.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/testing/interleaving_models.hpp"

namespace holdfast::resource {
namespace {

using core::testing::explore;
using core::testing::Program;
using core::testing::require;
using testing::expect_all_orders_hold;
using testing::Interleavings;
using testing::Model;

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

}  // namespace
}  // namespace holdfast::resource
