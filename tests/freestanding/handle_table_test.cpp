// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of handle tables, tested on the table alone. The rules about calls are tested in tests/rules.
#include "holdfast/handles/handle_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "check.hpp"
#include "environment.hpp"
#include "support.hpp"

namespace holdfast::handles {
namespace {

using freestanding::List;
using freestanding::Random;
using freestanding::Rendered;

constexpr TypeTag file{1};
constexpr TypeTag socket{2};
constexpr std::uint32_t capacity = 40;

struct HandleTable : ::testing::Test {
  freestanding::TableStorage<capacity> storage{capacity};
  freestanding::BorrowScopes<4> scopes;
  handles::HandleTable table{storage, scopes};
};

TEST_F(HandleTable, Rule1_IndexZeroIsNeverValid) {
  EXPECT_EQ(table.get(0).error(), make_error(ErrorCode::unknown_handle, 0)) << "in an empty table";
  EXPECT_EQ(*table.add_own(file, 7), 1u);
  EXPECT_EQ(table.get(0).error(), make_error(ErrorCode::unknown_handle, 0));
  EXPECT_EQ(table.rep(file, 0).error().code, ErrorCode::unknown_handle);
  EXPECT_EQ(table.drop(file, 0).error().code, ErrorCode::unknown_handle);
  EXPECT_EQ(table.lift_own(file, 0).error().code, ErrorCode::unknown_handle);
  EXPECT_EQ(table.lift_borrow(file, 0).error().code, ErrorCode::unknown_handle);
  EXPECT_EQ(table.remove(0).error().code, ErrorCode::unknown_handle);
  ASSERT_TRUE(table.drop(file, 1));
  EXPECT_EQ(*table.add_own(file, 7), 1u) << "0 never enters the free list";
  EXPECT_EQ(*table.add_own(file, 7), 2u);
}

TEST_F(HandleTable, Rule2_TheIndexThatWasFreedLastIsUsedFirst) {
  for (std::uint32_t i = 1; i <= 5; ++i) EXPECT_EQ(*table.add_own(file, i), i);
  ASSERT_TRUE(table.drop(file, 2));
  ASSERT_TRUE(table.drop(file, 4));
  ASSERT_TRUE(table.drop(file, 3));
  EXPECT_EQ(*table.add_own(file, 0), 3u);
  EXPECT_EQ(*table.add_own(file, 0), 4u);
  EXPECT_EQ(*table.add_own(file, 0), 2u);
  EXPECT_EQ(*table.add_own(file, 0), 6u);
}

TEST_F(HandleTable, Rule2_AnIndexPastTheLargestTraps) {
  ASSERT_TRUE(table.add_own(file, 7));
  table.set_limit(0xffff'ffff);
  const std::uint32_t room = storage.header().capacity;
  storage.header().length = max_handle_index + 1;    // as if all entries were used, without their 4 GiB
  storage.header().capacity = max_handle_index + 2;  // the rule does not depend on the storage's room
  EXPECT_EQ(table.add_own(file, 8).error(), make_error(ErrorCode::table_full, std::uint64_t{1} << 28));
  ASSERT_TRUE(table.drop(file, 1));
  EXPECT_EQ(*table.add_own(file, 9), 1u) << "freed indices can still be used";
  storage.header().capacity = room;  // the real capacity, which the storage frees
}

TEST_F(HandleTable, Rule2_AddingFailsAtTheLimitAndSucceedsAgainBelowIt) {
  table.set_limit(3);
  for (std::uint32_t i = 1; i <= 3; ++i) ASSERT_TRUE(table.add_own(file, i));
  EXPECT_EQ(table.add_own(file, 4).error(), make_error(ErrorCode::handle_limit, 3));
  const ScopeId scope = *scopes.open();
  EXPECT_EQ(table.add_borrow(file, 4, scope).error().code, ErrorCode::handle_limit);
  EXPECT_EQ(scopes.num_borrows(scope), 0u) << "a failed add is not counted";
  EXPECT_EQ(table.created(), 3u);
  ASSERT_TRUE(table.drop(file, 2));
  EXPECT_EQ(*table.add_own(file, 4), 2u);
}

TEST_F(HandleTable, Rule3_GetTrapsOnAnUnknownIndex) {
  ASSERT_TRUE(table.add_own(file, 7));
  EXPECT_EQ(table.get(1)->rep, 7u);
  for (const std::uint32_t index : List<std::uint32_t>{2, 1000, max_handle_index, 0xffff'ffff})
    EXPECT_EQ(table.get(index).error(), make_error(ErrorCode::unknown_handle, index));
  ASSERT_TRUE(table.drop(file, 1));
  EXPECT_EQ(Rendered(table.get(1).error()), "unknown handle index 1");
}

TEST_F(HandleTable, Rule4_RemoveClearsAndFrees) {
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.lift_borrow(file, 1));
  const auto removed = table.remove(1);
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->rep, 7u);
  EXPECT_TRUE(removed->is_own());
  EXPECT_EQ(removed->lends(), 1u);
  EXPECT_EQ(table.remove(1).error(), make_error(ErrorCode::unknown_handle, 1));
  EXPECT_EQ(table.live(), 0u);
  EXPECT_EQ(*table.add_own(file, 8), 1u);
  EXPECT_EQ(table.get(1)->lends(), 0u);
}

TEST_F(HandleTable, Rule5_TypesAreComparedByTheirTags) {
  ASSERT_TRUE(table.add_own(file, 7));
  EXPECT_EQ(Rendered(table.rep(socket, 1).error()), "handle index 1 used with the wrong type");
  EXPECT_EQ(table.lift_own(socket, 1).error(), make_error(ErrorCode::handle_wrong_type, 1));
  EXPECT_EQ(table.lift_borrow(socket, 1).error(), make_error(ErrorCode::handle_wrong_type, 1));
  EXPECT_EQ(table.drop(socket, 1).error(), make_error(ErrorCode::handle_wrong_type, 1));
  EXPECT_EQ(*table.rep(file, 1), 7u) << "refused operations change nothing";
}

TEST_F(HandleTable, Rule6_LiftOwnRemovesTheHandle) {
  ASSERT_TRUE(table.add_own(file, 7));
  EXPECT_EQ(*table.lift_own(file, 1), 7u);
  EXPECT_EQ(table.get(1).error().code, ErrorCode::unknown_handle);
}

TEST_F(HandleTable, Rule6_LiftOwnChecksInOrder) {
  const ScopeId scope = *scopes.open();
  ASSERT_EQ(*table.add_other(HandleKind::waitable, 3), 1u);
  ASSERT_EQ(*table.add_borrow(socket, 4, scope), 2u);
  ASSERT_TRUE(table.lift_borrow(socket, 2));
  EXPECT_EQ(Rendered(table.lift_own(file, 1).error()), "index is not a resource: handle index 1");
  EXPECT_EQ(table.lift_own(file, 2).error().code, ErrorCode::handle_wrong_type) << "type before lends";
  EXPECT_EQ(table.lift_own(socket, 2).error().code, ErrorCode::handle_lent) << "lends before own";
  table.return_lend(2);
  EXPECT_EQ(Rendered(table.lift_own(socket, 2).error()), "cannot lift own resource from a borrow (handle index 2)");
}

TEST_F(HandleTable, Rule6_AHandleOfAnotherKindIsNotAResource) {
  for (const HandleKind kind : {HandleKind::waitable, HandleKind::waitable_set, HandleKind::error_context}) {
    // An entry of another kind has 0 in place of the type tag.
    const std::uint32_t index = *table.add_other(kind, 9);
    for (const TypeTag type : {TypeTag(0), file}) {
      EXPECT_EQ(table.rep(type, index).error(), make_error(ErrorCode::handle_not_resource, index));
      EXPECT_EQ(table.lift_own(type, index).error(), make_error(ErrorCode::handle_not_resource, index));
      EXPECT_EQ(table.lift_borrow(type, index).error(), make_error(ErrorCode::handle_not_resource, index));
      EXPECT_EQ(table.drop(type, index).error(), make_error(ErrorCode::handle_not_resource, index));
    }
    EXPECT_EQ(table.remove(index)->kind(), kind);
  }
}

TEST_F(HandleTable, Rule7_LiftBorrowCountsLendsOfOwnsAndBorrows) {
  const ScopeId scope = *scopes.open();
  ASSERT_EQ(*table.add_own(file, 7), 1u);
  ASSERT_EQ(*table.add_borrow(file, 8, scope), 2u);
  for (std::uint32_t times = 1; times <= 3; ++times) {
    EXPECT_EQ(*table.lift_borrow(file, 1), 7u);
    EXPECT_EQ(*table.lift_borrow(file, 2), 8u);
    EXPECT_EQ(table.get(1)->lends(), times);
    EXPECT_EQ(table.get(2)->lends(), times);
  }
  EXPECT_EQ(table.get(1)->kind(), HandleKind::own);
  EXPECT_EQ(table.get(2)->kind(), HandleKind::borrow);
}

TEST_F(HandleTable, Rule7_LendsDoNotWrap) {
  ASSERT_TRUE(table.add_own(file, 7));
  storage.entries()[1].state += (HandleEntry::max_lends - 1) * HandleEntry::one_lend;
  ASSERT_TRUE(table.lift_borrow(file, 1));
  EXPECT_EQ(table.lift_borrow(file, 1).error(), make_error(ErrorCode::too_many_lends, 1));
  EXPECT_EQ(table.get(1)->lends(), HandleEntry::max_lends);
  EXPECT_TRUE(table.get(1)->is_own());
}

TEST_F(HandleTable, Rule8_BorrowTwiceOfOneHandleIsFine) {
  ASSERT_TRUE(table.add_own(file, 7));
  EXPECT_TRUE(table.lift_borrow(file, 1));
  EXPECT_TRUE(table.lift_borrow(file, 1));
}

TEST_F(HandleTable, Rule8_BorrowThenOwnOfOneHandleTraps) {
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.lift_borrow(file, 1));
  EXPECT_EQ(Rendered(table.lift_own(file, 1).error()), "cannot remove owned resource while borrowed (handle index 1)");
}

TEST_F(HandleTable, Rule8_OwnThenBorrowOfOneHandleTraps) {
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.lift_own(file, 1));
  EXPECT_EQ(table.lift_borrow(file, 1).error(), make_error(ErrorCode::unknown_handle, 1));
}

TEST_F(HandleTable, Rule8_OwnTwiceOfOneHandleTraps) {
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.lift_own(file, 1));
  EXPECT_EQ(table.lift_own(file, 1).error(), make_error(ErrorCode::unknown_handle, 1));
}

TEST_F(HandleTable, Rule9_LowerOwnAddsAnOwnHandleThatIsNotLent) {
  const std::uint32_t index = *table.add_own(file, 0xffff'ffff);
  const HandleEntry entry = *table.get(index);
  EXPECT_TRUE(entry.is_own());
  EXPECT_EQ(entry.rep, 0xffff'ffffu);
  EXPECT_EQ(entry.type_tag(), file);
  EXPECT_EQ(entry.lends(), 0u);
}

TEST_F(HandleTable, Rule10_LowerBorrowAddsAHandleOfTheTaskAndCountsIt) {
  const ScopeId outer = *scopes.open();
  const ScopeId inner = *scopes.open();
  const std::uint32_t index = *table.add_borrow(file, 7, inner);
  EXPECT_TRUE(table.get(index)->is_borrow());
  EXPECT_EQ(table.get(index)->scope(), inner);
  EXPECT_EQ(scopes.num_borrows(inner), 1u);
  EXPECT_EQ(scopes.num_borrows(outer), 0u);
}

TEST_F(HandleTable, Rule16_ATaskThatHoldsBorrowsMayNotReturn) {
  const ScopeId scope = *scopes.open();
  EXPECT_TRUE(scopes.check_returned(scope));
  ASSERT_TRUE(table.add_borrow(file, 7, scope));
  ASSERT_TRUE(table.add_borrow(file, 7, scope));
  EXPECT_EQ(Rendered(scopes.check_returned(scope).error()),
            "borrow handles still remain at the end of the call (2 of them)");
  ASSERT_TRUE(table.drop(file, 1));
  EXPECT_EQ(scopes.check_returned(scope).error(), make_error(ErrorCode::borrows_remain, 1));
  ASSERT_TRUE(table.drop(file, 2));
  EXPECT_TRUE(scopes.check_returned(scope));
}

TEST_F(HandleTable, Rule18_ReturnedLendsFreeTheHandle) {
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.lift_borrow(file, 1));
  ASSERT_TRUE(table.lift_borrow(file, 1));
  table.return_lend(1);
  EXPECT_EQ(table.drop(file, 1).error().code, ErrorCode::handle_lent);
  table.return_lend(1);
  EXPECT_TRUE(table.drop(file, 1));
}

TEST_F(HandleTable, Rule19_NewAddsAnOwn) {
  const std::uint32_t index = *table.add_own(file, 42);
  EXPECT_TRUE(table.get(index)->is_own());
  EXPECT_EQ(table.live(), 1u);
  EXPECT_EQ(table.created(), 1u);
}

TEST_F(HandleTable, Rule20_RepWorksOnOwnAndBorrowEvenWhileLent) {
  const ScopeId scope = *scopes.open();
  ASSERT_EQ(*table.add_own(file, 7), 1u);
  ASSERT_EQ(*table.add_borrow(file, 8, scope), 2u);
  EXPECT_EQ(*table.rep(file, 1), 7u);
  EXPECT_EQ(*table.rep(file, 2), 8u);
  ASSERT_TRUE(table.lift_borrow(file, 1));
  EXPECT_EQ(*table.rep(file, 1), 7u);
}

TEST_F(HandleTable, Rule20_RepTrapsOnBadIndexNonResourceAndMismatch) {
  ASSERT_EQ(*table.add_own(file, 7), 1u);
  ASSERT_EQ(*table.add_other(HandleKind::error_context, 7), 2u);
  EXPECT_EQ(table.rep(file, 5).error(), make_error(ErrorCode::unknown_handle, 5));
  EXPECT_EQ(table.rep(file, 2).error(), make_error(ErrorCode::handle_not_resource, 2));
  EXPECT_EQ(table.rep(socket, 1).error(), make_error(ErrorCode::handle_wrong_type, 1));
}

TEST_F(HandleTable, Rule21_DropChecksInOrderAndTwiceTraps) {
  ASSERT_EQ(*table.add_own(file, 7), 1u);
  ASSERT_TRUE(table.lift_borrow(file, 1));
  EXPECT_EQ(table.drop(socket, 1).error().code, ErrorCode::handle_wrong_type) << "type before lends";
  EXPECT_EQ(table.drop(file, 1).error(), make_error(ErrorCode::handle_lent, 1));
  table.return_lend(1);
  ASSERT_TRUE(table.drop(file, 1));
  EXPECT_EQ(table.drop(file, 1).error(), make_error(ErrorCode::unknown_handle, 1));
}

TEST_F(HandleTable, Rule21_ALentBorrowCannotBeDropped) {
  const ScopeId scope = *scopes.open();
  ASSERT_TRUE(table.add_borrow(file, 7, scope));
  ASSERT_TRUE(table.lift_borrow(file, 1));
  EXPECT_EQ(table.drop(file, 1).error().code, ErrorCode::handle_lent);
  EXPECT_EQ(scopes.num_borrows(scope), 1u);
}

TEST_F(HandleTable, Rule22_DropReturnsWhetherADestructorMustRunAndItsRep) {
  const ScopeId scope = *scopes.open();
  ASSERT_EQ(*table.add_own(file, 7), 1u);
  ASSERT_EQ(*table.add_borrow(file, 8, scope), 2u);
  const Dropped own = *table.drop(file, 1);
  EXPECT_TRUE(own.is_own);
  EXPECT_EQ(own.rep, 7u);
  const Dropped borrow = *table.drop(file, 2);
  EXPECT_FALSE(borrow.is_own);
  EXPECT_EQ(borrow.rep, 8u);
}

TEST_F(HandleTable, Rule23_TheIndexIsFreeWhenDropReturns) {
  for (std::uint32_t i = 0; i < 3; ++i) ASSERT_TRUE(table.add_own(file, i));
  ASSERT_TRUE(table.drop(file, 2));
  EXPECT_EQ(*table.add_own(file, 9), 2u);
}

TEST_F(HandleTable, Rule24_DroppingABorrowReducesTheCountOfItsOwnTask) {
  // Two tasks in one instance, because a child called back into its parent.
  const ScopeId outer = *scopes.open();
  const ScopeId inner = *scopes.open();
  ASSERT_EQ(*table.add_borrow(file, 7, outer), 1u);
  ASSERT_EQ(*table.add_borrow(file, 8, inner), 2u);
  ASSERT_TRUE(table.drop(file, 1)) << "the inner task may drop the outer task's handle";
  EXPECT_EQ(scopes.num_borrows(outer), 0u);
  EXPECT_EQ(scopes.num_borrows(inner), 1u);
}

TEST_F(HandleTable, LiveHandlesAreVisitedInOrder) {
  const ScopeId scope = *scopes.open();
  ASSERT_TRUE(table.add_own(file, 7));
  ASSERT_TRUE(table.add_own(file, 8));
  ASSERT_TRUE(table.add_borrow(socket, 9, scope));
  ASSERT_TRUE(table.drop(file, 1));
  List<std::uint32_t> seen;
  table.for_each_live([&](std::uint32_t index, const HandleEntry& entry) {
    seen.push_back(index);
    seen.push_back(entry.rep);
  });
  EXPECT_EQ(seen, (List<std::uint32_t>{2, 8, 3, 9}));
  table.for_each_live([&](std::uint32_t index, const HandleEntry&) { ASSERT_TRUE(table.remove(index)); });
  EXPECT_EQ(table.live(), 0u);
}

TEST_F(HandleTable, CountsLiveCreatedAndPeakHandles) {
  for (std::uint32_t i = 0; i < 3; ++i) ASSERT_TRUE(table.add_own(file, i));
  ASSERT_TRUE(table.drop(file, 1));
  ASSERT_TRUE(table.drop(file, 2));
  ASSERT_TRUE(table.add_own(file, 4));
  EXPECT_EQ(table.live(), 2u);
  EXPECT_EQ(table.created(), 4u);
  EXPECT_EQ(table.peak(), 3u);
  EXPECT_EQ(table.limit(), capacity);
}

TEST(TableStorage, StaticStorageIsFullAtN) {
  StaticTableStorage<4> storage(100);
  StaticBorrowScopes<1> scopes;
  handles::HandleTable table(storage, scopes);
  for (std::uint32_t i = 1; i <= 4; ++i) ASSERT_EQ(*table.add_own(file, i), i);
  EXPECT_EQ(table.add_own(file, 5).error(), make_error(ErrorCode::capacity_exhausted, 4));
  ASSERT_TRUE(table.drop(file, 3));
  EXPECT_EQ(*table.add_own(file, 5), 3u);
}

TEST(BorrowScopes, ClosedScopesAreReusedWithACountOfZero) {
  freestanding::BorrowScopes<4> scopes;
  const ScopeId first = *scopes.open();
  scopes.add_borrow(first);
  scopes.close(first);  // as after a trap
  const ScopeId second = *scopes.open();
  EXPECT_EQ(first, second);
  EXPECT_EQ(scopes.num_borrows(second), 0u);
  EXPECT_EQ(scopes.size(), 1u);
}

TEST(BorrowScopes, StaticScopesAreFullAtN) {
  StaticBorrowScopes<2> scopes;
  const ScopeId first = *scopes.open();
  ASSERT_TRUE(scopes.open());
  EXPECT_EQ(scopes.open().error(), make_error(ErrorCode::capacity_exhausted, 2));
  scopes.close(first);
  EXPECT_TRUE(scopes.open());
}

// --- random operations compared with a simple model ---

struct ModelHandle {
  TypeTag type;
  std::uint32_t rep;
  bool is_resource;
  bool is_own;
  std::uint32_t lends;
  std::optional<std::uint32_t> scope;
};

// Maps an index to its handle, and lists freed indices in the order in which they were freed.
struct Model {
  std::array<std::optional<ModelHandle>, capacity + 1> array;
  std::array<std::uint32_t, capacity> free;
  std::uint32_t num_free = 0;
  std::uint32_t length = 1;
  std::uint32_t live = 0;
  std::array<std::uint32_t, 3> borrows{};

  Result<std::uint32_t> add(const ModelHandle& handle) {
    if (live == capacity) return fail(ErrorCode::handle_limit, capacity);
    ++live;
    if (handle.scope) ++borrows[*handle.scope];
    const std::uint32_t index = num_free == 0 ? length++ : free[--num_free];
    array[index] = handle;
    return index;
  }
  void remove(std::uint32_t index) {
    array[index].reset();
    free[num_free++] = index;
    --live;
  }
  Result<ModelHandle*> resource(TypeTag type, std::uint32_t index) {
    if (index >= length || !array[index]) return fail(ErrorCode::unknown_handle, index);
    if (!array[index]->is_resource) return fail(ErrorCode::handle_not_resource, index);
    if (array[index]->type != type) return fail(ErrorCode::handle_wrong_type, index);
    return &*array[index];
  }
  Result<std::uint32_t> rep(TypeTag type, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const ModelHandle* handle, resource(type, index));
    return handle->rep;
  }
  Result<std::uint32_t> lift_own(TypeTag type, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const ModelHandle* handle, resource(type, index));
    if (handle->lends != 0) return fail(ErrorCode::handle_lent, index);
    if (!handle->is_own) return fail(ErrorCode::handle_not_own, index);
    const std::uint32_t rep = handle->rep;
    remove(index);
    return rep;
  }
  Result<std::uint32_t> lift_borrow(TypeTag type, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(ModelHandle * handle, resource(type, index));
    ++handle->lends;
    return handle->rep;
  }
  Result<std::uint32_t> drop(TypeTag type, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const ModelHandle* handle, resource(type, index));
    if (handle->lends != 0) return fail(ErrorCode::handle_lent, index);
    if (handle->scope) --borrows[*handle->scope];
    const std::uint32_t rep = handle->rep;
    remove(index);
    return rep;
  }
};

TEST_F(HandleTable, BehavesLikeTheModelUnderRandomOperations) {
  Model model;
  const ScopeId open[] = {*scopes.open(), *scopes.open(), *scopes.open()};
  Random random(31);
  for (std::uint32_t step = 0; step < 100'000; ++step) {
    const TypeTag type(1 + random.below(2));
    const std::uint32_t index = random.below(capacity + 4);
    switch (random.below(9)) {
      case 0:
      case 1: ASSERT_EQ(table.add_own(type, step), model.add({type, step, true, true, 0, {}})); break;
      case 2: {
        const std::uint32_t scope = random.below(3);
        ASSERT_EQ(table.add_borrow(type, step, open[scope]), model.add({type, step, true, false, 0, scope}));
        break;
      }
      case 3: {
        if (random.below(4) != 0) break;
        ASSERT_EQ(table.add_other(HandleKind::waitable, step), model.add({type, step, false, false, 0, {}}));
        break;
      }
      case 4: ASSERT_EQ(table.rep(type, index), model.rep(type, index)); break;
      case 5: ASSERT_EQ(table.lift_own(type, index), model.lift_own(type, index)); break;
      case 6: ASSERT_EQ(table.lift_borrow(type, index), model.lift_borrow(type, index)); break;
      case 7: {
        const auto dropped = table.drop(type, index);
        const auto expected = model.drop(type, index);
        ASSERT_EQ(dropped.has_value(), expected.has_value());
        if (dropped) {
          ASSERT_EQ(dropped->rep, *expected);
        } else {
          ASSERT_EQ(dropped.error(), expected.error());
        }
        break;
      }
      case 8: {
        // All calls return.
        for (std::uint32_t lender = 1; lender < model.length; ++lender)
          for (auto& handle = model.array[lender]; handle && handle->lends != 0; --handle->lends)
            table.return_lend(lender);
        if (index < model.length && model.array[index] && !model.array[index]->is_resource) {
          ASSERT_TRUE(table.remove(index));
          model.remove(index);
        }
        break;
      }
    }
    ASSERT_EQ(table.live(), model.live);
    for (std::uint32_t scope = 0; scope < 3; ++scope)
      ASSERT_EQ(scopes.num_borrows(open[scope]), model.borrows[scope]) << "step " << step;
  }
  table.for_each_live([&](std::uint32_t index, const HandleEntry& entry) {
    ASSERT_TRUE(model.array[index]);
    EXPECT_EQ(entry.rep, model.array[index]->rep);
    EXPECT_EQ(entry.lends(), model.array[index]->lends);
  });
}

}  // namespace
}  // namespace holdfast::handles
