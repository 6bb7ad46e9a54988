// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of heap storages and of broken contracts. The table's behaviour is tested in all environments:
// tests/freestanding/handle_table_test.cpp.
#include "holdfast/handles/handle_table.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace holdfast::handles {
namespace {

constexpr TypeTag file{1};

TEST(HandleTable, ReturningAHandleThatIsNotLentBreaksTheContract) {
  HeapTableStorage storage;
  HeapBorrowScopes scopes;
  handles::HandleTable table(storage, scopes);
  ASSERT_TRUE(table.add_own(file, 7));
  EXPECT_DEATH(table.return_lend(1), "a handle must be lent before its lend is returned");
  EXPECT_DEATH(table.return_lend(2), "a handle must be lent before its lend is returned");
  EXPECT_DEATH(static_cast<void>(table.add_other(HandleKind::own, 1)),
               "add_other must not add a resource or an empty entry");
}

TEST(TableStorage, HeapStorageAllocatesNothingUntilItIsUsedAndKeepsEntriesWhenItGrows) {
  HeapTableStorage storage;
  HeapBorrowScopes scopes;
  handles::HandleTable table(storage, scopes);
  EXPECT_EQ(storage.header().capacity, 0u);
  EXPECT_EQ(storage.entries(), nullptr);
  for (std::uint32_t i = 1; i <= 1000; ++i) ASSERT_EQ(*table.add_own(file, i * 3), i);
  for (std::uint32_t i = 1; i <= 1000; ++i) ASSERT_EQ(*table.rep(file, i), i * 3);
  EXPECT_LT(storage.header().capacity, 2100u);
}

TEST(TableStorage, HeapStorageRefusesMoreEntriesThanATableMayHave) {
  HeapTableStorage storage;
  EXPECT_EQ(storage.grow(max_handle_index + 2).error().code, ErrorCode::table_full);
  EXPECT_EQ(storage.header().capacity, 0u);
}

TEST(BorrowScopes, GrowKeepsCounts) {
  HeapBorrowScopes scopes;
  std::vector<ScopeId> open;
  for (std::uint32_t i = 0; i < 100; ++i) {
    open.push_back(*scopes.open());
    for (std::uint32_t k = 0; k < i; ++k) scopes.add_borrow(open.back());
  }
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(scopes.num_borrows(open[i]), i);
}

TEST(BorrowScopes, UseOfAClosedScopeBreaksTheContract) {
  HeapBorrowScopes scopes;
  const ScopeId scope = *scopes.open();
  EXPECT_DEATH(scopes.return_borrow(scope), "a borrow must be added before it is returned");
  scopes.close(scope);
  EXPECT_DEATH(scopes.add_borrow(scope), "the borrow scope must be open");
  EXPECT_DEATH(scopes.close(scope), "the borrow scope must be open");
  EXPECT_DEATH(scopes.close(ScopeId()), "the borrow scope must be open");
}

}  // namespace
}  // namespace holdfast::handles
