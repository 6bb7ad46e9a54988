// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/lift.hpp"

#include <bit>
#include <gtest/gtest.h>

#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/type_builder.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceTypeId;
using component::TypeKind;
using engine::RawValue;
using testing::MockGuest;
using testing::TypeBuilder;
using Bytes = std::vector<std::uint8_t>;

class Lift : public ::testing::Test {
 protected:
  InterfaceTypeId simple(TypeKind kind) { return builder.simple(kind); }

  /// Writes `bytes` to address 16 and loads from there.
  Result<Val> from_memory(InterfaceTypeId type, const Bytes& bytes) {
    guest.write(16, bytes);
    return load(guest.context(), type, 16);
  }
  Result<Val> from_flat(InterfaceTypeId type, const std::vector<RawValue>& values) {
    FlatReader reader(values);
    Result<Val> value = lift_flat(guest.context(), type, reader);
    if (value) {
      EXPECT_EQ(reader.position(), builder.types()[type].flat.size());
    }
    return value;
  }
  static ErrorCode code(const Result<Val>& result) { return result ? ErrorCode::none : result.error().code; }
  static RawValue raw(std::uint64_t value) { return RawValue::from_i64(value); }

  TypeBuilder builder;
  MockGuest guest{builder.types(), 256};
};

TEST_F(Lift, IntegersIgnoreUpperBits) {
  EXPECT_EQ(from_flat(simple(TypeKind::u8), {raw(0xffff'ff05)}), Val::u8(5));
  EXPECT_EQ(from_flat(simple(TypeKind::s8), {raw(0x1234'5680)}), Val::s8(-128));
  EXPECT_EQ(from_flat(simple(TypeKind::u16), {raw(0xfff0'1234)}), Val::u16(0x1234));
  EXPECT_EQ(from_flat(simple(TypeKind::s16), {raw(0x0000'ffff)}), Val::s16(-1));
  EXPECT_EQ(from_flat(simple(TypeKind::u32), {raw(0x1'0000'0007)}), Val::u32(7));
  EXPECT_EQ(from_flat(simple(TypeKind::s32), {raw(0x8000'0000)}), Val::s32(-0x7fff'ffff - 1));
  EXPECT_EQ(from_flat(simple(TypeKind::u64), {raw(~0ULL)}), Val::u64(~0ULL));
  EXPECT_EQ(from_flat(simple(TypeKind::s64), {raw(~0ULL)}), Val::s64(-1));
}

TEST_F(Lift, ScalarsLoadLittleEndian) {
  const Bytes bytes = {0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88};
  EXPECT_EQ(from_memory(simple(TypeKind::u8), bytes), Val::u8(0x81));
  EXPECT_EQ(from_memory(simple(TypeKind::s8), bytes), Val::s8(-127));
  EXPECT_EQ(from_memory(simple(TypeKind::u16), bytes), Val::u16(0x8281));
  EXPECT_EQ(from_memory(simple(TypeKind::s16), bytes), Val::s16(static_cast<std::int16_t>(0x8281)));
  EXPECT_EQ(from_memory(simple(TypeKind::u32), bytes), Val::u32(0x8483'8281));
  EXPECT_EQ(from_memory(simple(TypeKind::s32), bytes), Val::s32(static_cast<std::int32_t>(0x8483'8281)));
  EXPECT_EQ(from_memory(simple(TypeKind::u64), bytes), Val::u64(0x8887'8685'8483'8281));
  EXPECT_EQ(from_memory(simple(TypeKind::s64), bytes), Val::s64(static_cast<std::int64_t>(0x8887'8685'8483'8281)));
  EXPECT_EQ(from_memory(simple(TypeKind::f32), {0, 0, 0x80, 0x3f}), Val::f32(1));
  EXPECT_EQ(from_memory(simple(TypeKind::f64), {0, 0, 0, 0, 0, 0, 0xf0, 0x3f}), Val::f64(1));
}

TEST_F(Lift, AnyNonzeroBoolIsTrue) {
  EXPECT_EQ(from_flat(simple(TypeKind::boolean), {raw(0)}), Val::boolean(false));
  EXPECT_EQ(from_flat(simple(TypeKind::boolean), {raw(0x100)}), Val::boolean(true));
  EXPECT_EQ(from_memory(simple(TypeKind::boolean), {2}), Val::boolean(true));
  EXPECT_EQ(from_memory(simple(TypeKind::boolean), {0}), Val::boolean(false));
}

TEST_F(Lift, NansBecomeCanonical) {
  const auto f32 = from_flat(simple(TypeKind::f32), {raw(0xffff'ffff)});
  ASSERT_TRUE(f32);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(*f32->as_f32()), 0x7fc0'0000U);
  const auto f64 = from_memory(simple(TypeKind::f64), {1, 0, 0, 0, 0, 0, 0xf0, 0x7f});
  ASSERT_TRUE(f64);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(*f64->as_f64()), 0x7ff8'0000'0000'0000ULL);
  const auto infinity = from_flat(simple(TypeKind::f32), {raw(0x7f80'0000)});
  ASSERT_TRUE(infinity);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(*infinity->as_f32()), 0x7f80'0000U);
}

TEST_F(Lift, CharsMustBeScalarValues) {
  const InterfaceTypeId character = simple(TypeKind::character);
  for (const std::uint32_t good : {0U, 0xd7ffU, 0xe000U, 0x10'ffffU}) {
    EXPECT_EQ(from_flat(character, {raw(good)}), Val::character(static_cast<char32_t>(good)));
  }
  for (const std::uint32_t bad : {0xd800U, 0xdfffU, 0x11'0000U, 0xffff'ffffU}) {
    EXPECT_EQ(code(from_flat(character, {raw(bad)})), ErrorCode::invalid_char);
  }
  EXPECT_EQ(code(from_memory(character, {0, 0xd8, 0, 0})), ErrorCode::invalid_char);
}

TEST_F(Lift, ListsAreCheckedForLengthThenAlignmentThenBounds) {
  const InterfaceTypeId list = builder.list(simple(TypeKind::u16));
  guest.write(32, {1, 0, 2, 0});
  EXPECT_EQ(from_flat(list, {raw(32), raw(2)}), Val::list({Val::u16(1), Val::u16(2)}));
  EXPECT_EQ(from_memory(list, {32, 0, 0, 0, 2, 0, 0, 0}), Val::list({Val::u16(1), Val::u16(2)}));
  EXPECT_EQ(from_flat(list, {raw(256), raw(0)}), Val::list({}));
  EXPECT_EQ(code(from_flat(list, {raw(258), raw(0)})), ErrorCode::list_out_of_bounds);
  EXPECT_EQ(code(from_flat(list, {raw(33), raw(0)})), ErrorCode::pointer_misaligned);
  EXPECT_EQ(code(from_flat(list, {raw(254), raw(2)})), ErrorCode::list_out_of_bounds);
  EXPECT_EQ(code(from_flat(list, {raw(0xffff'fffe), raw(1)})), ErrorCode::list_out_of_bounds);
  EXPECT_EQ(code(from_flat(list, {raw(0xffff'ffff), raw(100)})), ErrorCode::pointer_misaligned);
}

TEST_F(Lift, Rule29_ListsPastTheLargestSizeTrap) {
  const InterfaceTypeId list = builder.list(simple(TypeKind::u64));
  EXPECT_EQ(code(from_flat(list, {raw(0), raw((1U << 25) - 1)})), ErrorCode::list_out_of_bounds);
  EXPECT_EQ(code(from_flat(list, {raw(1), raw(1U << 25)})), ErrorCode::list_too_long);
  EXPECT_EQ(code(from_flat(list, {raw(0), raw(0xffff'ffff)})), ErrorCode::list_too_long);
  EXPECT_EQ(code(from_flat(list, {raw(0), raw(0x2000'0000)})), ErrorCode::list_too_long) << "the product is 2^32";
}

TEST_F(Lift, ListElementsAreChargedFirst) {
  const InterfaceTypeId list = builder.list(simple(TypeKind::u8));
  guest.context().lift_allowance = sizeof(ListPayload) + 10 * sizeof(Val);
  EXPECT_EQ(code(from_flat(list, {raw(0), raw(11)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_TRUE(from_flat(list, {raw(0), raw(10)}));
  EXPECT_EQ(guest.context().lift_allowance, 0U);
  EXPECT_EQ(code(from_flat(list, {raw(0), raw(0)})), ErrorCode::lift_allowance_exceeded);
}

TEST_F(Lift, EveryKindThatAllocatesIsCharged) {
  const InterfaceTypeId byte = simple(TypeKind::u8);
  guest.context().lift_allowance = 8;
  EXPECT_EQ(code(from_flat(builder.record({{"a", byte}}), {raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.tuple({byte}), {raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.enumeration({"a"}), {raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.option(byte), {raw(1), raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.result(byte, {}), {raw(0), raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.flags({"a"}), {raw(1)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.fixed_list(byte, 1), {raw(1)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(builder.map(byte, byte), {raw(0), raw(1)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(code(from_flat(simple(TypeKind::string), {raw(0), raw(0)})), ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(guest.context().lift_allowance, 8U);
  EXPECT_EQ(from_flat(builder.option(byte), {raw(0), raw(0)}), Val::none());
}

TEST_F(Lift, FixedListsAndMaps) {
  const InterfaceTypeId fixed = builder.fixed_list(simple(TypeKind::u16), 2);
  EXPECT_EQ(from_flat(fixed, {raw(1), raw(2)}), Val::list({Val::u16(1), Val::u16(2)}));
  EXPECT_EQ(from_memory(fixed, {3, 0, 4, 0}), Val::list({Val::u16(3), Val::u16(4)}));

  const InterfaceTypeId map = builder.map(simple(TypeKind::u8), simple(TypeKind::u32));
  guest.write(32, {1, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0});
  const Val expected = Val::list({Val::tuple({Val::u8(1), Val::u32(5)}), Val::tuple({Val::u8(2), Val::u32(6)})});
  EXPECT_EQ(from_flat(map, {raw(32), raw(2)}), expected);
  EXPECT_EQ(code(from_flat(map, {raw(34), raw(2)})), ErrorCode::pointer_misaligned);
  EXPECT_EQ(code(from_flat(map, {raw(32), raw(29)})), ErrorCode::list_out_of_bounds);
  EXPECT_EQ(code(from_flat(map, {raw(32), raw(1U << 25)})), ErrorCode::list_too_long);
}

TEST_F(Lift, RecordsAndTuplesFollowTheirOffsets) {
  const InterfaceTypeId record =
      builder.record({{"a", simple(TypeKind::u8)}, {"b", simple(TypeKind::u32)}, {"c", simple(TypeKind::u16)}});
  const Val expected = Val::record({{"a", Val::u8(1)}, {"b", Val::u32(2)}, {"c", Val::u16(3)}});
  EXPECT_EQ(from_memory(record, {1, 9, 9, 9, 2, 0, 0, 0, 3, 0, 9, 9}), expected);
  EXPECT_EQ(from_flat(record, {raw(1), raw(2), raw(3)}), expected);
  const InterfaceTypeId tuple = builder.tuple({simple(TypeKind::u8), simple(TypeKind::u16)});
  EXPECT_EQ(from_memory(tuple, {1, 9, 2, 0}), Val::tuple({Val::u8(1), Val::u16(2)}));
}

TEST_F(Lift, VariantsReadJoinedFlatTypes) {
  const InterfaceTypeId variant =
      builder.variant({{"none", {}},
                       {"narrow", simple(TypeKind::f32)},
                       {"wide", simple(TypeKind::f64)},
                       {"pair", builder.tuple({simple(TypeKind::s32), simple(TypeKind::f32)})}});
  const auto& flat = builder.types()[variant].flat;
  EXPECT_EQ(flat, (std::vector{engine::ValueType::i32, engine::ValueType::i64, engine::ValueType::f32}));
  EXPECT_EQ(from_flat(variant, {raw(0), raw(~0ULL), raw(~0ULL)}), Val::variant("none"));
  EXPECT_EQ(from_flat(variant, {raw(1), raw(0xabcd'ef01'3f80'0000), raw(0)}), Val::variant("narrow", Val::f32(1)));
  EXPECT_EQ(from_flat(variant, {raw(2), raw(0x3ff0'0000'0000'0000), raw(0)}), Val::variant("wide", Val::f64(1)));
  EXPECT_EQ(from_flat(variant, {raw(3), raw(0xffff'ffff), raw(0x3f80'0000)}),
            Val::variant("pair", Val::tuple({Val::s32(-1), Val::f32(1)})));
}

TEST_F(Lift, DiscriminantsAreChecked) {
  const InterfaceTypeId colour = builder.enumeration({"red", "green"});
  EXPECT_EQ(from_memory(colour, {1}), Val::enumeration("green"));
  const auto bad = from_flat(colour, {raw(2)});
  ASSERT_FALSE(bad);
  char text[100];
  EXPECT_EQ(render(bad.error(), text, sizeof text), "invalid variant discriminant: discriminant 2 out of range [0..2)");
  EXPECT_EQ(code(from_memory(colour, {0xff})), ErrorCode::invalid_discriminant);
  EXPECT_EQ(code(from_memory(builder.option(simple(TypeKind::u8)), {2, 0})), ErrorCode::invalid_discriminant);
  EXPECT_EQ(code(from_memory(builder.result({}, {}), {2})), ErrorCode::invalid_discriminant);

  std::vector<std::string> names;
  for (int i = 0; i < 257; ++i) names.push_back(std::string("c").append(std::to_string(i)));
  const InterfaceTypeId many = builder.enumeration(names);
  EXPECT_EQ(from_memory(many, {0x00, 0x01}), Val::enumeration("c256"));
  EXPECT_EQ(code(from_memory(many, {0x01, 0x01})), ErrorCode::invalid_discriminant);
}

TEST_F(Lift, OptionsAndResultsInMemory) {
  const InterfaceTypeId option = builder.option(simple(TypeKind::u32));
  EXPECT_EQ(from_memory(option, {1, 9, 9, 9, 5, 0, 0, 0}), Val::some(Val::u32(5)));
  EXPECT_EQ(from_memory(option, {0, 9, 9, 9, 5, 0, 0, 0}), Val::none());
  const InterfaceTypeId result = builder.result(simple(TypeKind::u16), {});
  EXPECT_EQ(from_memory(result, {0, 9, 5, 0}), Val::ok(Val::u16(5)));
  EXPECT_EQ(from_memory(result, {1, 9, 5, 0}), Val::error());
}

TEST_F(Lift, FlagsIgnoreBitsWithoutLabel) {
  const InterfaceTypeId flags = builder.flags({"a", "b", "c"});
  EXPECT_EQ(from_flat(flags, {raw(0xffff'fffd)}), Val::flags({"a", "c"}));
  EXPECT_EQ(from_memory(flags, {0xf8}), Val::flags({}));
  std::vector<std::string> names;
  for (int i = 0; i < 32; ++i) names.push_back(std::string("f").append(std::to_string(i)));
  const InterfaceTypeId many = builder.flags(names);
  EXPECT_EQ(from_memory(many, {1, 0, 0, 0x80}), Val::flags({"f0", "f31"}));
  EXPECT_EQ(builder.types()[builder.flags({names.begin(), names.begin() + 9})].size, 2U);
}

TEST_F(Lift, HandlesGoThroughTheGuest) {
  guest.owned = {105, 106};
  guest.borrowed = {107};
  EXPECT_EQ(from_flat(builder.own(), {raw(105)}), Val::own({5}));
  EXPECT_EQ(code(from_flat(builder.own(), {raw(105)})), ErrorCode::unknown_handle) << "the first lift removed it";
  EXPECT_EQ(from_memory(builder.borrow(), {106, 0, 0, 0}), Val::borrow({6}));
  EXPECT_EQ(from_flat(builder.borrow(), {raw(107)}), Val::borrow({7}));
  EXPECT_EQ(code(from_flat(builder.borrow(), {raw(0)})), ErrorCode::unknown_handle);
}

TEST_F(Lift, Rule8_HandlesAreLiftedLeftToRight) {
  guest.owned = {105};
  const InterfaceTypeId borrow_then_own = builder.tuple({builder.borrow(), builder.own()});
  EXPECT_EQ(from_flat(borrow_then_own, {raw(105), raw(105)}), Val::tuple({Val::borrow({5}), Val::own({5})}));
  guest.owned = {105};
  const InterfaceTypeId own_then_borrow = builder.tuple({builder.own(), builder.borrow()});
  EXPECT_EQ(code(from_flat(own_then_borrow, {raw(105), raw(105)})), ErrorCode::unknown_handle);
}

TEST_F(Lift, UnsupportedKindsAreRefused) {
  for (const TypeKind kind : {TypeKind::stream, TypeKind::future, TypeKind::error_context}) {
    EXPECT_EQ(code(from_flat(simple(kind), {raw(0)})), ErrorCode::unsupported_value);
    EXPECT_EQ(code(from_memory(simple(kind), {0, 0, 0, 0})), ErrorCode::unsupported_value);
  }
}

TEST_F(Lift, AnErrorInsideAnAggregateEndsTheLift) {
  guest.owned = {105};
  const InterfaceTypeId type = builder.tuple({simple(TypeKind::character), builder.own()});
  EXPECT_EQ(code(from_flat(type, {raw(0xd800), raw(105)})), ErrorCode::invalid_char);
  EXPECT_TRUE(guest.owned.contains(105)) << "nothing after the error was lifted";
}

}  // namespace
}  // namespace holdfast::abi
