// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/byte_cursor.hpp"

#include <gtest/gtest.h>
#include <string>

namespace holdfast::wasm {
namespace {

using namespace std::string_literals;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(ByteCursor, OffsetsCountFromTheStartOfTheFile) {
  const std::string text = "\x01\x02\x03";
  ByteCursor cursor(bytes_of(text), 100);
  EXPECT_EQ(cursor.read_byte(), 1);
  EXPECT_EQ(cursor.offset(), 101u);
  EXPECT_EQ(cursor.remaining(), 2u);
  EXPECT_EQ(cursor.peek_byte(), 2);
  EXPECT_EQ(cursor.offset(), 101u);
}

TEST(ByteCursor, ReadingPastTheEndFailsAndDoesNotMoveTheCursor) {
  const std::string text = "ab";
  ByteCursor cursor(bytes_of(text), 8);
  const auto bytes = cursor.read_bytes(3);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, ErrorCode::unexpected_end);
  EXPECT_EQ(bytes.error().offset, 10u);
  EXPECT_EQ(cursor.remaining(), 2u);
  EXPECT_TRUE(cursor.read_bytes(2).has_value());
  EXPECT_TRUE(cursor.at_end());
  EXPECT_EQ(cursor.read_byte().error().code, ErrorCode::unexpected_end);
  EXPECT_EQ(cursor.peek_byte().error().code, ErrorCode::unexpected_end);
}

TEST(ByteCursor, APartEndsWhereItsBytesEnd) {
  const std::string text = "abcd";
  ByteCursor cursor(bytes_of(text), 20);
  auto part = cursor.read_part(3);
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->offset(), 20u);
  EXPECT_TRUE(part->read_bytes(3).has_value());
  EXPECT_TRUE(part->at_end());
  EXPECT_EQ(cursor.read_byte(), 'd');
  EXPECT_FALSE(cursor.read_part(1).has_value());
}

TEST(ByteCursor, BooleansAreZeroOrOne) {
  const std::string text = "\x00\x01\x02"s;
  ByteCursor cursor(bytes_of(text));
  EXPECT_EQ(cursor.read_boolean(), false);
  EXPECT_EQ(cursor.read_boolean(), true);
  const auto third = cursor.read_boolean();
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error(), make_error(ErrorCode::invalid_boolean, 2, 2));
}

TEST(ByteCursor, NamesAreUtf8) {
  const std::string text = "\x03h\xc3\xa9\x02\xc3\x28";
  ByteCursor cursor(bytes_of(text), 5);
  EXPECT_EQ(cursor.read_name(), "h\xc3\xa9");
  const auto second = cursor.read_name();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), make_error(ErrorCode::malformed_utf8, 0, 10));
}

TEST(ByteCursor, NamesLongerThanTheBudgetOrTheBytesAreRefused) {
  const std::string text = "\x05hello\x05hell";
  ReadBudget budget{.name_bytes = 5};
  ByteCursor cursor(bytes_of(text), 0, &budget);
  EXPECT_EQ(cursor.read_name(), "hello");
  EXPECT_EQ(cursor.read_name().error().code, ErrorCode::unexpected_end);
  budget.name_bytes = 4;
  ByteCursor again(bytes_of(text), 0, &budget);
  EXPECT_EQ(again.read_name().error(), make_error(ErrorCode::name_too_long, 4, 0));
}

TEST(ByteCursor, AListKeepsTheElementsBeforeAnError) {
  const std::string text = "\x03\x01\x80\x01\x80";
  ByteCursor cursor(bytes_of(text));
  std::vector<std::uint32_t> list;
  const auto read = cursor.read_list(list, [](ByteCursor& c) { return c.read_u32(); });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::unexpected_end);
  EXPECT_EQ(list, (std::vector<std::uint32_t>{1, 128}));
}

TEST(ByteCursor, AHugeCountAllocatesNothing) {
  const std::string text = "\xff\xff\xff\xff\x0f";
  ByteCursor cursor(bytes_of(text));
  std::vector<std::uint32_t> list;
  EXPECT_FALSE(cursor.read_list(list, [](ByteCursor& c) { return c.read_u32(); }).has_value());
  EXPECT_EQ(list.capacity(), 0u);
}

TEST(ByteCursor, ListElementsAreTakenFromTheBudget) {
  const std::string text = "\x03\x01\x02\x03";
  ReadBudget budget{.items = 2};
  ByteCursor cursor(bytes_of(text), 0, &budget);
  std::vector<std::uint32_t> list;
  const auto read = cursor.read_list(list, [](ByteCursor& c) { return c.read_u32(); });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error(), make_error(ErrorCode::too_many_items, 0, 3));
  EXPECT_EQ(list.size(), 2u);
}

TEST(NestingScope, ReturnsItsLevelAtTheEnd) {
  ReadBudget budget{.nesting = 1};
  const ByteCursor cursor({}, 9, &budget);
  {
    const auto outer = NestingScope::enter(cursor);
    ASSERT_TRUE(outer.has_value());
    const auto inner = NestingScope::enter(cursor);
    ASSERT_FALSE(inner.has_value());
    EXPECT_EQ(inner.error(), make_error(ErrorCode::nested_too_deeply, 0, 9));
  }
  EXPECT_TRUE(NestingScope::enter(cursor).has_value());
}

TEST(Utf8, WellFormedText) {
  EXPECT_TRUE(is_utf8(bytes_of("")));
  EXPECT_TRUE(is_utf8(bytes_of("a\0b"s)));
  EXPECT_TRUE(is_utf8(bytes_of("\xef\xbf\xbe")));      // U+FFFE is a scalar value
  EXPECT_TRUE(is_utf8(bytes_of("\xf4\x8f\xbf\xbf")));  // U+10FFFF
}

TEST(Utf8, IllFormedText) {
  EXPECT_FALSE(is_utf8(bytes_of("\x80")));
  EXPECT_FALSE(is_utf8(bytes_of("\xc0\x80")));          // overlong
  EXPECT_FALSE(is_utf8(bytes_of("\xe0\x80\x80")));      // overlong
  EXPECT_FALSE(is_utf8(bytes_of("\xed\xa0\x80")));      // surrogate
  EXPECT_FALSE(is_utf8(bytes_of("\xf4\x90\x80\x80")));  // above U+10FFFF
  EXPECT_FALSE(is_utf8(bytes_of("\xe2\x82")));          // cut off
}

}  // namespace
}  // namespace holdfast::wasm
