// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests handles, and what only hosted programs can do with a resource table. tests/freestanding/resource_table_test.cpp
// tests its behaviour in all environments.
#include "holdfast/resource/tables/table.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>

namespace holdfast::resource {
namespace {

struct Failing {
  std::expected<void, std::string> cleanup() { return std::unexpected("disk full"); }
};
struct Misspelt {
  int cleanup();
};
struct Unmovable {
  Unmovable(Unmovable&&) = delete;
};
static_assert(Resource<int> && Resource<std::unique_ptr<int>> && Resource<Failing> && HasCleanup<Failing>);
static_assert(!HasCleanup<int> && !Resource<Misspelt> && !Resource<Unmovable> && !Resource<int&>);

TEST(Handle, NullIsZeroAndBitsRoundTrip) {
  Handle<int> null;
  EXPECT_TRUE(null.is_null());
  EXPECT_FALSE(null);
  EXPECT_EQ(null.to_bits(), 0u);
  ResourceTable<int> table;
  const auto handle = *table.insert(4);
  EXPECT_TRUE(handle);
  EXPECT_EQ(Handle<int>::from_bits(handle.to_bits()), handle);
  EXPECT_EQ(**table.get(Handle<int>::from_bits(handle.to_bits())), 4);
  EXPECT_EQ((std::unordered_set<Handle<int>>{handle, handle, null}).size(), 2u);
  static_assert(sizeof(Handle<int>) == 8 && std::is_trivially_copyable_v<Handle<int>>);
  static_assert(!std::is_convertible_v<Handle<int>, Handle<long>>);
}

TEST(ResourceTable, ACleanUpMayFailWithAString) {
  ResourceTable<Failing> table;
  const auto removed = table.remove(*table.emplace());
  EXPECT_EQ(removed.error().error.code, ErrorCode::cleanup_failed);
  EXPECT_EQ(removed.error().cleanup, "disk full");
}

#ifdef __cpp_exceptions
TEST(ResourceTable, AConstructorThatThrowsTakesNothing) {
  struct Thrower {
    explicit Thrower(int) { throw std::runtime_error("no"); }
  };
  Budget budget;
  ResourceTable<Thrower> table(&budget);
  EXPECT_THROW(static_cast<void>(table.emplace(1)), std::runtime_error);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
  EXPECT_EQ(table.size(), 0u);
}
#endif

Result<Handle<std::string>> insert_or_pass_on(ResourceTable<std::string, Static<1>>& table) {
  HOLDFAST_TRY_ASSIGN(const auto handle, table.insert("x"));
  return handle;
}

TEST(ResourceTable, RejectedConvertsToTheErrorForTry) {
  ResourceTable<std::string, Static<1>> table;
  EXPECT_TRUE(insert_or_pass_on(table));
  EXPECT_EQ(insert_or_pass_on(table).error(), make_error(ErrorCode::capacity_exhausted, 1));
}

TEST(ResourceTable, WithCapacityReservesAndMovesKeepHandles) {
  auto table = ResourceTable<int>::with_capacity(100);
  ASSERT_TRUE(table);
  EXPECT_GE(table->capacity(), 100u);
  const auto handle = *table->insert(5);
  ResourceTable<int> moved(*std::move(table));
  EXPECT_EQ(**moved.get(handle), 5);
  EXPECT_FALSE(ResourceTable<int>::with_capacity(0xffff'ffff));
}

TEST(ResourceTable, NoObserverCostsNoSpace) {
  static_assert(sizeof(ResourceTable<int>) <= sizeof(core::SlotMap<int>) + 2 * sizeof(void*));
}

TEST(ResourceTable, AcceptsAnyLimiter) {
  struct Two final : ResourceLimiter {
    Result<void> try_take(Dimension dimension, Amount amount) noexcept override {
      if (dimension != Dimension::resources || used + amount > 2) return fail(ErrorCode::over_budget, 2);
      used += amount;
      return {};
    }
    void give_back(Dimension, Amount amount) noexcept override { used -= amount; }
    Amount used = 0;
  };
  Two two;
  {
    ResourceTable<int> table(&two);
    const auto first = *table.insert(1);
    EXPECT_TRUE(table.insert(2));
    EXPECT_EQ(table.insert(3).error().error.code, ErrorCode::over_budget);
    EXPECT_TRUE(table.remove(first));
    EXPECT_TRUE(table.insert(4));
    EXPECT_EQ(two.used, 2u);
  }
  EXPECT_EQ(two.used, 0u);
}

}  // namespace
}  // namespace holdfast::resource
