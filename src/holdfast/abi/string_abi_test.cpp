// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/string_abi.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

#include "holdfast/abi/codec/strings.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/type_builder.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::StringEncoding;
using testing::MockGuest;
using testing::ReallocCall;
using testing::TypeBuilder;

struct StoreStringCase {
  std::string_view text;
  StringOrigin origin;
  StringEncoding encoding;
  std::vector<ReallocCall> calls;
  std::uint32_t pointer;
  std::uint32_t length;
  std::vector<std::uint8_t> bytes;
};

const std::vector<StoreStringCase>& store_string_cases() {
  static const std::vector<StoreStringCase> cases = {
#include "holdfast/abi/testing/store_string_cases.def"
  };
  return cases;
}

TEST(StringAbi, LoweringAllocatesAndWritesAsTheReferenceDoes) {
  const TypeBuilder builder;
  for (const StoreStringCase& item : store_string_cases()) {
    SCOPED_TRACE(std::string(item.text) + " from " + std::to_string(static_cast<int>(item.origin)) + " to " +
                 std::to_string(static_cast<int>(item.encoding)));
    MockGuest guest(builder.types(), 300, item.encoding);
    const auto range = lower_string(guest.context(), item.text, item.origin);
    ASSERT_TRUE(range);
    EXPECT_EQ(guest.calls, item.calls);
    EXPECT_EQ(range->pointer, item.pointer);
    EXPECT_EQ(range->length, item.length);
    EXPECT_EQ(guest.bytes(range->pointer, item.bytes.size()), item.bytes);
  }
}

TEST(StringAbi, LiftingReturnsTextAndOrigin) {
  const TypeBuilder builder;
  for (const StoreStringCase& item : store_string_cases()) {
    MockGuest guest(builder.types(), 600, item.encoding);
    guest.write(item.pointer, item.bytes);
    const ContentRange range{item.pointer, item.length};
    const auto value = lift_string_val(guest.context(), range);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, Val::string(std::string(item.text)));
    const StringOrigin origin = ValAccess::payload<StringPayload>(*value)->origin;
    const bool tagged = (item.length & 0x8000'0000) != 0;
    EXPECT_EQ(origin, item.encoding == StringEncoding::utf8    ? StringOrigin::utf8
                      : item.encoding == StringEncoding::utf16 ? StringOrigin::utf16
                      : tagged                                 ? StringOrigin::tagged_utf16
                                                               : StringOrigin::latin1);
    // Lowering the lifted value again allocates as the reference implementation does for this origin.
    MockGuest target(builder.types(), 300, StringEncoding::utf8);
    ASSERT_TRUE(lower_string_val(target.context(), *value));
    for (const StoreStringCase& expected : store_string_cases()) {
      if (expected.text == item.text && expected.origin == origin && expected.encoding == StringEncoding::utf8) {
        EXPECT_EQ(target.calls, expected.calls);
      }
    }
  }
}

TEST(StringAbi, AViewPointsIntoTheGuestOnlyWhenTheBytesAreUtf8) {
  const TypeBuilder builder;
  for (const StoreStringCase& item : store_string_cases()) {
    if (item.text.empty()) continue;
    MockGuest guest(builder.types(), 600, item.encoding);
    guest.write(item.pointer, item.bytes);
    LiftScratch scratch;
    const std::uint64_t allowance = guest.context().lift_allowance;
    const auto view = lift_string_view(guest.context(), scratch, {item.pointer, item.length});
    ASSERT_TRUE(view);
    EXPECT_EQ(*view, item.text);
    const auto* data = reinterpret_cast<const std::byte*>(view->data());
    const engine::MemoryView memory = guest.context().memory;
    const bool in_guest = data >= memory.data && data < memory.data + memory.size;
    const std::vector<std::uint8_t> text(item.text.begin(), item.text.end());
    EXPECT_EQ(in_guest, item.bytes == text);
    EXPECT_EQ(allowance - guest.context().lift_allowance, in_guest ? 0 : item.text.size());
  }
}

ErrorCode lift_error(StringEncoding encoding, ContentRange range, const std::vector<std::uint8_t>& bytes = {}) {
  const TypeBuilder builder;
  MockGuest guest(builder.types(), 64, encoding);
  guest.write(range.pointer < 48 ? range.pointer : 0, bytes);
  const auto lifted = lift_string(guest.context(), range);
  return lifted ? ErrorCode::none : lifted.error().code;
}

TEST(StringAbi, RangesAreCheckedForLengthThenAlignmentThenBounds) {
  constexpr std::uint32_t tag = 0x8000'0000;
  EXPECT_EQ(lift_error(StringEncoding::utf8, {64, 0}), ErrorCode::none);
  EXPECT_EQ(lift_error(StringEncoding::utf8, {65, 0}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::utf8, {60, 5}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::utf8, {0xffff'ffff, 2}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {1, 0}), ErrorCode::string_misaligned);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {62, 2}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {1, 0}), ErrorCode::string_misaligned);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {0xffff'ffff, 1}), ErrorCode::string_misaligned);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {62, 2}), ErrorCode::none);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {62, 2 | tag}), ErrorCode::string_out_of_bounds);
}

TEST(StringAbi, Rule29_StringsPastTheLargestSizeTrap) {
  constexpr std::uint32_t tag = 0x8000'0000;
  constexpr std::uint32_t largest = (1U << 28) - 1;
  EXPECT_EQ(lift_error(StringEncoding::utf8, {0, largest}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::utf8, {0, largest + 1}), ErrorCode::string_too_long);
  EXPECT_EQ(lift_error(StringEncoding::utf8, {1, 0xffff'ffff}), ErrorCode::string_too_long);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {0, largest / 2}), ErrorCode::string_out_of_bounds);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {1, largest / 2 + 1}), ErrorCode::string_too_long);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {0, tag | (largest / 2 + 1)}), ErrorCode::string_too_long);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {0, largest}), ErrorCode::string_out_of_bounds);

  const std::unique_ptr<char, decltype(&std::free)> zeros(static_cast<char*>(std::calloc(largest + 1, 1)), &std::free);
  const TypeBuilder builder;
  MockGuest guest(builder.types());
  const auto lowered = lower_string(guest.context(), {zeros.get(), largest + 1});
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.error().code, ErrorCode::string_too_long);
  EXPECT_TRUE(guest.calls.empty());
}

TEST(StringAbi, MalformedUtf8IsRefused) {
  const std::vector<std::vector<std::uint8_t>> malformed = {
      {0x80},                    // continuation byte without a lead byte
      {0xc2},                    // truncated
      {0xc0, 0x80},              // overlong
      {0xe0, 0x9f, 0xbf},        // overlong
      {0xed, 0xa0, 0x80},        // surrogate
      {0xf4, 0x90, 0x80, 0x80},  // past 0x10ffff
      {0xf0, 0x8f, 0xbf, 0xbf},  // overlong
      {0xff},
      {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 0xe2, 0x82},
  };
  for (const auto& bytes : malformed) {
    EXPECT_EQ(lift_error(StringEncoding::utf8, {0, static_cast<std::uint32_t>(bytes.size())}, bytes),
              ErrorCode::invalid_utf8);
  }
  const TypeBuilder builder;
  MockGuest guest(builder.types());
  const auto lowered = lower_string(guest.context(), "abcdefghij\xff");
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.error(), make_error(ErrorCode::invalid_utf8, 10));
  EXPECT_TRUE(guest.calls.empty()) << "nothing is allocated for a refused string";
}

TEST(StringAbi, LoneSurrogatesAreRefused) {
  EXPECT_EQ(lift_error(StringEncoding::utf16, {0, 1}, {0x00, 0xd8}), ErrorCode::invalid_utf16);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {0, 2}, {0x00, 0xd8, 0x41, 0x00}), ErrorCode::invalid_utf16);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {0, 2}, {0x00, 0xdc, 0x00, 0xd8}), ErrorCode::invalid_utf16);
  EXPECT_EQ(lift_error(StringEncoding::utf16, {0, 2}, {0x00, 0xd8, 0x00, 0xdc}), ErrorCode::none);
  EXPECT_EQ(lift_error(StringEncoding::latin1_utf16, {0, 0x8000'0001}, {0xff, 0xdf}), ErrorCode::invalid_utf16);
}

TEST(StringAbi, HostMemoryIsChargedFirst) {
  const TypeBuilder builder;
  MockGuest guest(builder.types(), 64, StringEncoding::utf16);
  guest.write(0, {0xac, 0x20, 0xac, 0x20});  // two euro signs: 6 bytes of UTF-8
  guest.context().lift_allowance = 5;
  const auto refused = lift_string(guest.context(), {0, 2});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), make_error(ErrorCode::lift_allowance_exceeded, 6));
  EXPECT_EQ(guest.context().lift_allowance, 5U);
  guest.context().lift_allowance = 6;
  EXPECT_EQ(lift_string(guest.context(), {0, 2}), "€€");
  EXPECT_EQ(guest.context().lift_allowance, 0U);
}

TEST(StringAbi, AnErrorOfReallocIsReturned) {
  const TypeBuilder builder;
  for (std::size_t n = 0; n < 3; ++n) {
    MockGuest guest(builder.types(), 64, StringEncoding::utf8);
    guest.fail_after = n;
    const auto lowered = lower_string(guest.context(), "aé", StringOrigin::utf16);
    ASSERT_FALSE(lowered);
    EXPECT_EQ(lowered.error().code, ErrorCode::call_failed);
    EXPECT_EQ(guest.calls.size(), n + 1);
  }
}

}  // namespace
}  // namespace holdfast::abi
