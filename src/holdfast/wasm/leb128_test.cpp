// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/leb128.hpp"

#include <gtest/gtest.h>
#include <initializer_list>
#include <limits>
#include <vector>

namespace holdfast::wasm {
namespace {

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

template <class T>
void expect_value(const Result<Leb128<T>>& decoded, T value, std::uint32_t size) {
  ASSERT_TRUE(decoded.has_value()) << text_of(decoded.error().code);
  EXPECT_EQ(decoded->value, value);
  EXPECT_EQ(decoded->size, size);
}

template <class T>
void expect_error(const Result<Leb128<T>>& decoded, ErrorCode code, std::uint32_t offset) {
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().code, code);
  EXPECT_EQ(decoded.error().offset, offset);
}

TEST(Leb128, UnsignedValuesAtTheEndsOfTheirRanges) {
  expect_value(decode_u32(bytes_of({0x00})), 0u, 1);
  expect_value(decode_u32(bytes_of({0x7f})), 127u, 1);
  expect_value(decode_u32(bytes_of({0x80, 0x01})), 128u, 2);
  expect_value(decode_u32(bytes_of({0xff, 0xff, 0xff, 0xff, 0x0f})), std::numeric_limits<std::uint32_t>::max(), 5);
  expect_value(decode_u64(bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})),
               std::numeric_limits<std::uint64_t>::max(), 10);
}

TEST(Leb128, SignedValuesAtTheEndsOfTheirRanges) {
  expect_value(decode_s32(bytes_of({0x7f})), -1, 1);
  expect_value(decode_s32(bytes_of({0xff, 0xff, 0xff, 0xff, 0x07})), std::numeric_limits<std::int32_t>::max(), 5);
  expect_value(decode_s32(bytes_of({0x80, 0x80, 0x80, 0x80, 0x78})), std::numeric_limits<std::int32_t>::min(), 5);
  expect_value(decode_s33(bytes_of({0x40})), std::int64_t{-64}, 1);
  expect_value(decode_s33(bytes_of({0xff, 0xff, 0xff, 0xff, 0x0f})), std::int64_t{0xffffffff}, 5);
  expect_value(decode_s33(bytes_of({0x80, 0x80, 0x80, 0x80, 0x70})), -(std::int64_t{1} << 32), 5);
  expect_value(decode_s64(bytes_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f})),
               std::numeric_limits<std::int64_t>::min(), 10);
}

TEST(Leb128, PaddingWithinTheLongestFormIsAllowed) {
  expect_value(decode_u32(bytes_of({0x81, 0x80, 0x80, 0x80, 0x00})), 1u, 5);
  expect_value(decode_s33(bytes_of({0xff, 0xff, 0xff, 0xff, 0x7f})), std::int64_t{-1}, 5);
}

TEST(Leb128, OneByteMoreThanTheLongestFormIsTooLong) {
  expect_error(decode_u32(bytes_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), 10), ErrorCode::integer_too_long, 14);
  expect_error(decode_s33(bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})), ErrorCode::integer_too_long, 4);
}

TEST(Leb128, BitsBeyondTheNumberAreTooLarge) {
  expect_error(decode_u32(bytes_of({0x81, 0x80, 0x80, 0x80, 0x70}), 10), ErrorCode::integer_too_large, 14);
  expect_error(decode_u32(bytes_of({0xff, 0xff, 0xff, 0xff, 0x1f})), ErrorCode::integer_too_large, 4);
  expect_error(decode_s32(bytes_of({0xff, 0xff, 0xff, 0xff, 0x0f})), ErrorCode::integer_too_large, 4);
  expect_error(decode_s33(bytes_of({0xff, 0xff, 0xff, 0xff, 0x1f})), ErrorCode::integer_too_large, 4);
  expect_error(decode_u64(bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02})),
               ErrorCode::integer_too_large, 9);
}

TEST(Leb128, EndOfBytesInsideANumberIsUnexpected) {
  expect_error(decode_u32({}, 7), ErrorCode::unexpected_end, 7);
  expect_error(decode_u32(bytes_of({0x80, 0x80}), 7), ErrorCode::unexpected_end, 9);
  expect_error(decode_s64(bytes_of({0x80})), ErrorCode::unexpected_end, 1);
}

}  // namespace
}  // namespace holdfast::wasm
