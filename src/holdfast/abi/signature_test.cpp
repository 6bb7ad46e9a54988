// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/signature.hpp"

#include <gtest/gtest.h>

#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/type_builder.hpp"

namespace holdfast::abi {
namespace {

using component::FunctionType;
using component::TypeKind;
using engine::RawValue;
using testing::MockGuest;
using testing::ReallocCall;
using testing::TypeBuilder;

class Signature : public ::testing::Test {
 protected:
  /// A function with `count` parameters of the types u8 and u32 in turn.
  FunctionType many(std::size_t count) {
    TypeBuilder::NamedTypes parameters;
    for (std::size_t i = 0; i < count; ++i)
      parameters.emplace_back(std::string("p").append(std::to_string(i)), i % 2 == 0 ? byte : word);
    return builder.function(std::move(parameters), std::nullopt);
  }
  static std::vector<Val> values(std::size_t count) {
    std::vector<Val> result;
    for (std::size_t i = 0; i < count; ++i) {
      result.push_back(i % 2 == 0 ? Val::u8(static_cast<std::uint8_t>(i)) : Val::u32(static_cast<std::uint32_t>(i)));
    }
    return result;
  }

  TypeBuilder builder;
  MockGuest guest{builder.types(), 256};
  TypeBuilder::Id byte = builder.simple(TypeKind::u8);
  TypeBuilder::Id word = builder.simple(TypeKind::u32);
};

TEST_F(Signature, SixteenParametersArePassedFlat) {
  const FunctionType function = many(16);
  EXPECT_EQ(flat_argument_count(function), 16U);
  std::vector<RawValue> slots(16);
  ASSERT_TRUE(lower_parameters(guest.context(), function, values(16), slots));
  EXPECT_TRUE(guest.calls.empty());
  EXPECT_EQ(slots[15].i32(), 15U);
  EXPECT_EQ(lift_parameters(guest.context(), function, slots), values(16));
}

TEST_F(Signature, SeventeenParametersSpill) {
  const FunctionType function = many(17);
  EXPECT_EQ(flat_argument_count(function), 1U);
  std::vector<RawValue> slots(1);
  ASSERT_TRUE(lower_parameters(guest.context(), function, values(17), slots));
  EXPECT_EQ(guest.calls, (std::vector<ReallocCall>{{0, 0, 4, 68}}));
  EXPECT_EQ(slots[0].i32(), 0x100U);
  EXPECT_EQ(guest.bytes(0x108, 8), (std::vector<std::uint8_t>{2, 0, 0, 0, 3, 0, 0, 0}));
  EXPECT_EQ(lift_parameters(guest.context(), function, slots), values(17));
}

TEST_F(Signature, SpilledPointersAreCheckedForAlignmentThenBounds) {
  const FunctionType function = many(17);
  const auto code = [&](std::uint32_t pointer) {
    const std::vector<RawValue> slots = {RawValue::from_i32(pointer)};
    const auto lifted = lift_parameters(guest.context(), function, slots);
    return lifted ? ErrorCode::none : lifted.error().code;
  };
  EXPECT_EQ(code(256 - 68), ErrorCode::none);
  EXPECT_EQ(code(256 - 64), ErrorCode::pointer_out_of_bounds);
  EXPECT_EQ(code(2), ErrorCode::pointer_misaligned);
  EXPECT_EQ(code(0xffff'ffff), ErrorCode::pointer_misaligned);
  EXPECT_EQ(code(0xffff'fffc), ErrorCode::pointer_out_of_bounds);
}

TEST_F(Signature, AResultOfOneCoreValueIsFlat) {
  const FunctionType function = builder.function({}, word);
  std::vector<RawValue> slots(1);
  const Val five = Val::u32(5);
  ASSERT_TRUE(lower_result(guest.context(), function, &five, slots));
  EXPECT_EQ(slots[0].i32(), 5U);
  EXPECT_EQ(*lift_result(guest.context(), function, slots), std::optional(five));
}

TEST_F(Signature, ALargerResultGoesThroughThePointerAfterTheArguments) {
  const FunctionType function = builder.function({{"a", byte}, {"b", word}}, builder.simple(TypeKind::string));
  std::vector<RawValue> slots = {RawValue::from_i32(1), RawValue::from_i32(2), RawValue::from_i32(40)};
  const Val text = Val::string("hi");
  ASSERT_TRUE(lower_result(guest.context(), function, &text, slots));
  EXPECT_EQ(guest.bytes(40, 8), (std::vector<std::uint8_t>{0, 1, 0, 0, 2, 0, 0, 0}));
  const std::vector<RawValue> returned = {RawValue::from_i32(40)};
  EXPECT_EQ(*lift_result(guest.context(), function, returned), std::optional(text));

  slots[2] = RawValue::from_i32(42);
  EXPECT_EQ(lower_result(guest.context(), function, &text, slots).error().code, ErrorCode::pointer_misaligned);
  const std::size_t size = guest.context().memory.size;
  slots[2] = RawValue::from_i32(static_cast<std::uint32_t>(size) & ~3U);
  EXPECT_EQ(lower_result(guest.context(), function, &text, slots).error().code, ErrorCode::pointer_out_of_bounds);
  EXPECT_EQ(lift_result(guest.context(), function, std::vector{RawValue::from_i32(0xffff'fff8)}).error().code,
            ErrorCode::pointer_out_of_bounds);
}

TEST_F(Signature, SpilledParametersAndResultTogether) {
  TypeBuilder::NamedTypes parameters(17, {"p", byte});
  const FunctionType function = builder.function(std::move(parameters), builder.tuple({word, word}));
  std::vector<RawValue> slots = {RawValue::from_i32(0), RawValue::from_i32(40)};
  const Val pair = Val::tuple({Val::u32(1), Val::u32(2)});
  ASSERT_TRUE(lower_result(guest.context(), function, &pair, slots));
  EXPECT_EQ(guest.bytes(40, 8), (std::vector<std::uint8_t>{1, 0, 0, 0, 2, 0, 0, 0}));
}

TEST_F(Signature, AFunctionMayHaveNoResult) {
  const FunctionType function = builder.function({}, std::nullopt);
  EXPECT_TRUE(lower_result(guest.context(), function, nullptr, {}));
  const auto lifted = lift_result(guest.context(), function, {});
  ASSERT_TRUE(lifted);
  EXPECT_EQ(*lifted, std::nullopt);
}

TEST_F(Signature, ScalarsNeedNoMemory) {
  guest.context().memory = {};
  const FunctionType function = many(3);
  std::vector<RawValue> slots(3);
  ASSERT_TRUE(lower_parameters(guest.context(), function, values(3), slots));
  EXPECT_EQ(lift_parameters(guest.context(), function, slots), values(3));
}

}  // namespace
}  // namespace holdfast::abi
