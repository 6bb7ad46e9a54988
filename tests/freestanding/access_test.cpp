// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Access to the bytes of a managed resource, with each strategy.
#include <cstddef>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/manager/manager.hpp"
#include "manager_fixture.hpp"

namespace holdfast::resource {
namespace {

struct AccessTest : ResourceManagerTest {
  using Pool = BufferPool<freestanding::Storage<4>>;
  using Strategy = MemoryStrategy<Pool>;
  static_assert(ResourceStrategy<Strategy>);

  AccessTest() : id(*manager.create(thing, Handle64{1}, {.size_hint = 8})) { EXPECT_TRUE(manager.make_ready(id)); }
  std::byte first() { return (*manager.peek(id))->bytes()[0]; }

  Pool buffers;
  Manager manager;
  ResourceId id;
};

TEST_F(AccessTest, ZeroCopyGivesTheBytesThemselvesAndKeepsTheResource) {
  auto access = manager.open(id, Strategy::zero_copy(), AccessMode::read_write);
  ASSERT_TRUE(access);
  (*access->writable())[0] = std::byte{5};
  EXPECT_TRUE(first() == std::byte{5}) << "the write is visible at once";
  EXPECT_EQ(manager.drop(id, thing).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(manager.force_deallocate(id).error().code, ErrorCode::resource_lent) << "not even by force";
  EXPECT_EQ(manager.transform(id, thing, other, Handle64{}).error().code, ErrorCode::resource_lent);
  EXPECT_TRUE(access->commit());
  ASSERT_TRUE(access->close());
  EXPECT_EQ(access->close().error().code, ErrorCode::null_handle);
  EXPECT_EQ(access->commit().error().code, ErrorCode::null_handle);
  EXPECT_TRUE(access->bytes().empty());
  EXPECT_TRUE(manager.drop(id, thing));
}

TEST_F(AccessTest, ABoundedCopyIsReadOnlyAndBounded) {
  auto access = manager.open(id, Strategy::bounded_copy(buffers, 8), AccessMode::read_only);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->bytes().size(), 8u);
  EXPECT_NE(access->bytes().data(), (*manager.peek(id))->bytes().data());
  EXPECT_EQ(access->writable().error().code, ErrorCode::access_denied);
  EXPECT_EQ(access->commit().error().code, ErrorCode::access_denied);
  EXPECT_EQ(manager.open(id, Strategy::bounded_copy(buffers, 7), AccessMode::read_only).error(),
            make_error(ErrorCode::request_too_large, 8, 7));
  EXPECT_EQ(manager.open(id, Strategy::bounded_copy(buffers, 8), AccessMode::read_write).error().code,
            ErrorCode::access_denied);
  EXPECT_TRUE(manager.drop(id, thing)) << "a copy keeps nothing";
  EXPECT_EQ(access->bytes().size(), 8u);
}

TEST_F(AccessTest, AnIsolatedCopyChangesNothingUntilItIsCommitted) {
  {
    auto lost = manager.open(id, Strategy::isolated_copy(buffers), AccessMode::read_write);
    (*lost->writable())[0] = std::byte{5};
  }
  EXPECT_TRUE(first() == std::byte{0});
  auto access = manager.open(id, Strategy::isolated_copy(buffers), AccessMode::read_write);
  (*access->writable())[0] = std::byte{6};
  EXPECT_TRUE(first() == std::byte{0});
  ASSERT_TRUE(manager.lock(id, second_owner));
  EXPECT_EQ(access->commit().error().code, ErrorCode::wrong_state) << "another owner holds it";
  EXPECT_EQ(manager.open(id, Strategy::zero_copy(), AccessMode::read_only).error().code, ErrorCode::wrong_state);
  ASSERT_TRUE(manager.unlock(id, second_owner));
  ASSERT_TRUE(access->commit());
  EXPECT_TRUE(first() == std::byte{6});
  ASSERT_TRUE(manager.drop(id, thing));
  EXPECT_EQ(access->commit().error().code, ErrorCode::stale_handle);
  ASSERT_TRUE(access->close());
  EXPECT_EQ(buffers.stats().in_use, 0u);
}

TEST_F(AccessTest, OpeningFailsWhenNoBufferIsLeft) {
  Pool none({.max_bytes = 8});
  EXPECT_EQ(manager.open(id, Strategy::isolated_copy(none), AccessMode::read_only).error().code,
            ErrorCode::over_budget);
  EXPECT_TRUE(manager.drop(id, thing));
}

}  // namespace
}  // namespace holdfast::resource
