// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The behaviour of shared tables and registries on one thread, for every storage. Tests with several threads are in
// src/holdfast/resource/tables.
#include "holdfast/resource/tables/shared_table.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <utility>

#include "bad_handles.hpp"
#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/tables/locked.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::Concurrency;
using freestanding::List;
using freestanding::Random;
using freestanding::Token;

template <class T>
using SharedTableOf = SharedResourceTable<T, freestanding::Storage<16>, Concurrency>;
template <class T>
using RegistryOf = ResourceRegistry<T, std::uint32_t, freestanding::Storage<16>, Concurrency>;

// A resource that records its clean-up, which may fail.
struct SharedFile {
  SharedFile(List<int>& into, int n, bool fails = false) : log(&into), number(n), is_failing(fails) {}
  std::expected<void, Error> cleanup() {
    log->push_back(number);
    if (is_failing) return fail(ErrorCode::cleanup_failed, static_cast<std::uint64_t>(number));
    return {};
  }
  List<int>* log;
  int number;
  bool is_failing;
};

TEST(SharedTable, MisuseIsRefusedByName) {
  freestanding::with_bad_handles<SharedTableOf<int>>([](SharedTableOf<int>& table, Handle<int> bad, ErrorCode code) {
    EXPECT_EQ(table.read(bad).error().code, code);
    EXPECT_EQ(table.get_shared(bad).error().code, code);
    EXPECT_EQ(table.create_weak(bad).error().code, code);
    EXPECT_EQ(table.take(bad).error().code, code);
    EXPECT_EQ(table.remove(bad).error().code, code);
    EXPECT_FALSE(table.contains(bad));
  });
}

TEST(SharedTable, ASharedResourceOutlivesItsRemovalAndIsCleanedUpOnce) {
  List<int> log;
  SharedTableOf<SharedFile> table;
  const auto handle = *table.emplace(log, 7);
  {
    const auto kept = *table.get_shared(handle);
    const auto weak = *table.create_weak(handle);
    EXPECT_TRUE(weak.upgrade());
    EXPECT_EQ(table.take(handle).error().code, ErrorCode::resource_lent);
    ASSERT_TRUE(table.remove(handle));
    EXPECT_EQ(kept->number, 7);
    EXPECT_EQ(table.lingering(), 1u);
    EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle)
        << "it is removed, although a reference keeps it alive";
    EXPECT_TRUE(log.empty());
  }
  EXPECT_EQ(log, (List<int>{7}));
  EXPECT_EQ(table.lingering(), 0u);
  EXPECT_EQ(table.remove(handle).error().code, ErrorCode::stale_handle);
}

TEST(SharedTable, AFailingCleanUpReachesTheCaller) {
  List<int> log;
  SharedTableOf<SharedFile> table;
  const auto handle = *table.emplace(log, 7, true);
  EXPECT_EQ(table.remove(handle).error(), make_error(ErrorCode::cleanup_failed, 7));
  EXPECT_EQ(table.remove(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(log, (List<int>{7})) << "clean-up runs once";
}

TEST(SharedTable, ARefusedInsertReturnsTheValueAndTakesNothingFromTheBudget) {
  Budget budget(ResourceLimits().set(Dimension::resources, 1));
  {
    SharedTableOf<Token> table(&budget);
    const auto first = *table.emplace(1);
    auto rejected = table.insert(Token(2));
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().error, make_error(ErrorCode::over_budget, 1));
    EXPECT_EQ(rejected.error().value.number(), 2);
    EXPECT_EQ(budget.usage(Dimension::resources), 1u);
    EXPECT_EQ(table.take(first)->number(), 1);
    EXPECT_TRUE(table.insert(std::move(rejected.error().value)));
  }
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
  EXPECT_EQ(Token::alive, 0);
}

TEST(SharedTable, BehavesLikeAListUnderRandomOperations) {
  struct Model {
    Handle<Token> handle;
    int value = 0;
  };
  std::array<Model, 12> live;
  std::uint32_t size = 0;
  {
    SharedTableOf<Token> table;
    Random random(11);
    for (int step = 0; step < 5'000; ++step) {
      if (random.below(2) == 0 && size < live.size()) {
        live[size++] = {*table.emplace(step), step};
      } else if (size != 0) {
        Model& some = live[random.below(size)];
        ASSERT_EQ((*table.read(some.handle))->number(), some.value);
        if (random.below(2) == 0) {
          ASSERT_EQ(table.take(some.handle)->number(), some.value);
        } else {
          ASSERT_TRUE(table.remove(some.handle));
        }
        ASSERT_FALSE(table.contains(some.handle));
        some = live[--size];
      }
      ASSERT_EQ(table.size(), size);
    }
  }
  EXPECT_EQ(Token::alive, 0);
}

TEST(Registry, IdsThatItAssignsAreNeverReused) {
  RegistryOf<Token> registry;
  const auto first = *registry.register_(Token(1));
  ASSERT_TRUE(registry.remove(first));
  const auto second = *registry.register_(Token(2));
  EXPECT_NE(first, second);
  EXPECT_EQ(registry.get(first).error(), make_error(ErrorCode::unknown_id, first));
  EXPECT_EQ(registry.take(second)->number(), 2);
  EXPECT_EQ(registry.take(second).error().code, ErrorCode::unknown_id) << "take removes it";
  EXPECT_TRUE(registry.is_empty());
}

TEST(Registry, IdsOfTheCallerMayBeReusedAfterRemovalButNotBefore) {
  RegistryOf<Token> registry;
  ASSERT_TRUE(registry.insert(7, Token(1)));
  auto refused = registry.insert(7, Token(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, make_error(ErrorCode::id_in_use, 7));
  EXPECT_EQ(refused.error().value.number(), 2) << "the caller gets the value back";
  EXPECT_EQ((*registry.get(7))->number(), 1);
  ASSERT_TRUE(registry.insert(7, std::move(refused.error().value), IfLive::replace));
  EXPECT_EQ((*registry.get(7))->number(), 2);
  ASSERT_TRUE(registry.remove(7));
  EXPECT_TRUE(registry.insert(7, Token(3)));
  EXPECT_EQ(registry.len(), 1u);
}

TEST(Registry, LockedValuesAreWrittenThroughSharedReferences) {
  RegistryOf<Locked<int, Concurrency>> registry;
  const auto id = *registry.register_(Locked<int, Concurrency>(1));
  *(*registry.get(id))->lock() += 4;
  EXPECT_EQ(*(*registry.get(id))->lock(), 5);
}

}  // namespace
}  // namespace holdfast::resource
