// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/lower.hpp"

#include <bit>
#include <gtest/gtest.h>

#include "holdfast/abi/list_abi.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/type_builder.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceTypeId;
using component::TypeKind;
using engine::RawValue;
using testing::MockGuest;
using testing::ReallocCall;
using testing::TypeBuilder;
using Bytes = std::vector<std::uint8_t>;

class Lower : public ::testing::Test {
 protected:
  InterfaceTypeId simple(TypeKind kind) { return builder.simple(kind); }

  /// Stores `value` at address 16, where all bytes are 0xee, and returns the bytes.
  Bytes to_memory(InterfaceTypeId type, const Val& value) {
    const std::size_t size = builder.types()[type].size;
    guest.write(16, Bytes(size, 0xee));
    const auto stored = store(guest.context(), type, value, 16);
    EXPECT_TRUE(stored);
    return guest.bytes(16, size);
  }
  std::vector<std::uint64_t> to_flat(InterfaceTypeId type, const Val& value) {
    std::vector<RawValue> values(builder.types()[type].flat.size(), RawValue::from_i64(0xeeee'eeee'eeee'eeee));
    FlatWriter writer(values);
    EXPECT_TRUE(lower_flat(guest.context(), type, value, writer));
    EXPECT_EQ(writer.position(), values.size());
    std::vector<std::uint64_t> bits;
    for (const RawValue& raw : values) bits.push_back(raw.low);
    return bits;
  }
  ErrorCode error_of(InterfaceTypeId type, const Val& value) {
    std::vector<RawValue> values(builder.types()[type].flat.size() + 1);
    FlatWriter writer(values);
    const auto flat = lower_flat(guest.context(), type, value, writer);
    const auto stored = store(guest.context(), type, value, 16);
    EXPECT_EQ(flat.has_value(), stored.has_value());
    if (flat || stored) return ErrorCode::none;
    EXPECT_EQ(flat.error(), stored.error());
    return flat.error().code;
  }
  using Flat = std::vector<std::uint64_t>;

  TypeBuilder builder;
  MockGuest guest{builder.types(), 256};
};

TEST_F(Lower, Scalars) {
  EXPECT_EQ(to_flat(simple(TypeKind::boolean), Val::boolean(true)), Flat{1});
  EXPECT_EQ(to_flat(simple(TypeKind::s8), Val::s8(-1)), Flat{0xffff'ffff});
  EXPECT_EQ(to_flat(simple(TypeKind::u8), Val::u8(255)), Flat{255});
  EXPECT_EQ(to_flat(simple(TypeKind::s16), Val::s16(-2)), Flat{0xffff'fffe});
  EXPECT_EQ(to_flat(simple(TypeKind::s64), Val::s64(-1)), Flat{~0ULL});
  EXPECT_EQ(to_flat(simple(TypeKind::f32), Val::f32(1)), Flat{0x3f80'0000});
  EXPECT_EQ(to_flat(simple(TypeKind::f64), Val::f64(1)), Flat{0x3ff0'0000'0000'0000});
  EXPECT_EQ(to_flat(simple(TypeKind::character), Val::character(U'é')), Flat{0xe9});

  EXPECT_EQ(to_memory(simple(TypeKind::boolean), Val::boolean(true)), (Bytes{1}));
  EXPECT_EQ(to_memory(simple(TypeKind::s8), Val::s8(-2)), (Bytes{0xfe}));
  EXPECT_EQ(to_memory(simple(TypeKind::u16), Val::u16(0x1234)), (Bytes{0x34, 0x12}));
  EXPECT_EQ(to_memory(simple(TypeKind::s32), Val::s32(-2)), (Bytes{0xfe, 0xff, 0xff, 0xff}));
  EXPECT_EQ(to_memory(simple(TypeKind::u64), Val::u64(1)), (Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(to_memory(simple(TypeKind::f32), Val::f32(std::bit_cast<float>(0xffff'ffffU))), (Bytes{0, 0, 0xc0, 0x7f}));
}

TEST_F(Lower, CharsMustBeScalarValues) {
  EXPECT_EQ(error_of(simple(TypeKind::character), Val::character(static_cast<char32_t>(0xdfff))),
            ErrorCode::invalid_char);
}

TEST_F(Lower, ListsAllocateOnceWithTheirAlignment) {
  const InterfaceTypeId list = builder.list(simple(TypeKind::u32));
  guest.next_free = 0x101;
  EXPECT_EQ(to_flat(list, Val::list({Val::u32(1), Val::u32(2)})), (Flat{0x104, 2}));
  EXPECT_EQ(guest.calls, (std::vector<ReallocCall>{{0, 0, 4, 8}}));
  EXPECT_EQ(guest.bytes(0x104, 8), (Bytes{1, 0, 0, 0, 2, 0, 0, 0}));
  EXPECT_EQ(to_memory(list, Val::list({})), (Bytes{0x0c, 1, 0, 0, 0, 0, 0, 0}));
}

TEST_F(Lower, NestedListsUseTheMemoryThatReallocMoved) {
  const InterfaceTypeId type =
      builder.list(builder.record({{"name", simple(TypeKind::string)}, {"bytes", builder.list(simple(TypeKind::u8))}}));
  const Val value = Val::list({Val::record({{"name", Val::string("ab")}, {"bytes", Val::list({Val::u8(7)})}}),
                               Val::record({{"bytes", Val::list({})}, {"name", Val::string("c")}})});
  EXPECT_EQ(to_flat(type, value), (Flat{0x100, 2}));
  EXPECT_EQ(guest.calls,
            (std::vector<ReallocCall>{{0, 0, 4, 32}, {0, 0, 1, 2}, {0, 0, 1, 1}, {0, 0, 1, 1}, {0, 0, 1, 0}}));
  EXPECT_EQ(guest.bytes(0x100, 36), (Bytes{0x20, 1, 0, 0, 2, 0, 0,    0, 0x22, 1, 0, 0, 1, 0, 0,   0,   0x23, 1,
                                           0,    0, 1, 0, 0, 0, 0x24, 1, 0,    0, 0, 0, 0, 0, 'a', 'b', 7,    'c'}));
}

TEST_F(Lower, Rule29_ListsPastTheLargestSizeAreRefused) {
  EXPECT_EQ(allocate_list(guest.context(), 1U << 25, 8, 8).error().code, ErrorCode::list_too_long);
  EXPECT_EQ(allocate_list(guest.context(), ~0ULL, 4, 4).error().code, ErrorCode::list_too_long);
  EXPECT_TRUE(guest.calls.empty());
}

TEST_F(Lower, FixedListsAndMaps) {
  const InterfaceTypeId fixed = builder.fixed_list(simple(TypeKind::u16), 2);
  const Val two = Val::list({Val::u16(1), Val::u16(2)});
  EXPECT_EQ(to_flat(fixed, two), (Flat{1, 2}));
  EXPECT_EQ(to_memory(fixed, two), (Bytes{1, 0, 2, 0}));
  EXPECT_EQ(error_of(fixed, Val::list({Val::u16(1)})), ErrorCode::value_type_mismatch);

  const InterfaceTypeId map = builder.map(simple(TypeKind::u8), simple(TypeKind::u16));
  EXPECT_EQ(to_flat(map, Val::list({Val::tuple({Val::u8(1), Val::u16(2)})})), (Flat{0x100, 1}));
  EXPECT_EQ(guest.bytes(0x100, 4), (Bytes{1, 0, 2, 0}));
  EXPECT_EQ(error_of(map, Val::list({Val::tuple({Val::u8(1)})})), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(map, Val::list({Val::u8(1)})), ErrorCode::value_type_mismatch);
}

TEST_F(Lower, RecordsStoreTheirFieldsAndNotTheirPadding) {
  const InterfaceTypeId record =
      builder.record({{"a", simple(TypeKind::u8)}, {"b", simple(TypeKind::u32)}, {"c", simple(TypeKind::u16)}});
  const Val value = Val::record({{"c", Val::u16(3)}, {"a", Val::u8(1)}, {"b", Val::u32(2)}});
  EXPECT_EQ(to_memory(record, value), (Bytes{1, 0xee, 0xee, 0xee, 2, 0, 0, 0, 3, 0, 0xee, 0xee}));
  EXPECT_EQ(to_flat(record, value), (Flat{1, 2, 3}));
  EXPECT_EQ(to_flat(builder.tuple({simple(TypeKind::u8), simple(TypeKind::s8)}), Val::tuple({Val::u8(1), Val::s8(-1)})),
            (Flat{1, 0xffff'ffff}));
  EXPECT_EQ(error_of(record, Val::record({{"a", Val::u8(1)}})), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(record, Val::record({{"a", Val::u8(1)}, {"b", Val::u32(2)}, {"x", Val::u16(3)}})),
            ErrorCode::value_type_mismatch);
}

TEST_F(Lower, VariantsJoinTheirFlatTypesAndFillWithZeros) {
  const InterfaceTypeId variant =
      builder.variant({{"none", {}},
                       {"narrow", simple(TypeKind::f32)},
                       {"wide", simple(TypeKind::f64)},
                       {"pair", builder.tuple({simple(TypeKind::s32), simple(TypeKind::f32)})}});
  EXPECT_EQ(to_flat(variant, Val::variant("none")), (Flat{0, 0, 0}));
  EXPECT_EQ(to_flat(variant, Val::variant("narrow", Val::f32(1))), (Flat{1, 0x3f80'0000, 0}));
  EXPECT_EQ(to_flat(variant, Val::variant("wide", Val::f64(1))), (Flat{2, 0x3ff0'0000'0000'0000, 0}));
  EXPECT_EQ(to_flat(variant, Val::variant("pair", Val::tuple({Val::s32(-1), Val::f32(1)}))),
            (Flat{3, 0xffff'ffff, 0x3f80'0000}));
  EXPECT_EQ(to_memory(variant, Val::variant("narrow", Val::f32(1))),
            (Bytes{1, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0, 0, 0x80, 0x3f, 0xee, 0xee, 0xee, 0xee}));
  EXPECT_EQ(error_of(variant, Val::variant("other")), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(variant, Val::variant("narrow")), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(variant, Val::variant("none", Val::u8(1))), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(variant, Val::enumeration("none")), ErrorCode::value_type_mismatch);
}

TEST_F(Lower, EnumsOptionsAndResults) {
  EXPECT_EQ(to_memory(builder.enumeration({"red", "green"}), Val::enumeration("green")), (Bytes{1}));
  const InterfaceTypeId option = builder.option(simple(TypeKind::u16));
  EXPECT_EQ(to_memory(option, Val::some(Val::u16(5))), (Bytes{1, 0xee, 5, 0}));
  EXPECT_EQ(to_memory(option, Val::none()), (Bytes{0, 0xee, 0xee, 0xee}));
  EXPECT_EQ(to_flat(option, Val::none()), (Flat{0, 0}));
  const InterfaceTypeId result = builder.result(simple(TypeKind::u16), {});
  EXPECT_EQ(to_memory(result, Val::ok(Val::u16(5))), (Bytes{0, 0xee, 5, 0}));
  EXPECT_EQ(to_flat(result, Val::error()), (Flat{1, 0}));
  EXPECT_EQ(error_of(result, Val::ok()), ErrorCode::value_type_mismatch);
  EXPECT_EQ(error_of(result, Val::none()), ErrorCode::value_type_mismatch);
}

TEST_F(Lower, Flags) {
  const InterfaceTypeId flags = builder.flags({"a", "b", "c", "d", "e", "f", "g", "h", "i"});
  EXPECT_EQ(to_memory(flags, Val::flags({"i", "a"})), (Bytes{1, 1}));
  EXPECT_EQ(to_flat(flags, Val::flags({"c"})), Flat{4});
  EXPECT_EQ(error_of(flags, Val::flags({"z"})), ErrorCode::value_type_mismatch);
}

TEST_F(Lower, HandlesGoThroughTheGuest) {
  EXPECT_EQ(to_flat(builder.own(), Val::own({5})), Flat{105});
  EXPECT_EQ(to_memory(builder.borrow(), Val::borrow({6})), (Bytes{106, 0, 0, 0}));
  EXPECT_EQ(to_flat(builder.borrow(), Val::own({7})), Flat{107}) << "an own may be lent";
  EXPECT_EQ(guest.owned, std::set<std::uint32_t>{105});
  EXPECT_EQ(guest.borrowed, (std::set<std::uint32_t>{106, 107}));
  EXPECT_EQ(error_of(builder.own(), Val::borrow({5})), ErrorCode::value_type_mismatch);
}

TEST_F(Lower, ValuesOfOtherKindsAreRefused) {
  std::vector<InterfaceTypeId> types;
  for (int kind = 0; kind <= static_cast<int>(TypeKind::string); ++kind)
    types.push_back(simple(static_cast<TypeKind>(kind)));
  const InterfaceTypeId byte = simple(TypeKind::u8);
  for (const InterfaceTypeId type :
       {builder.list(byte), builder.fixed_list(byte, 1), builder.map(byte, byte), builder.record({{"a", byte}}),
        builder.tuple({byte}), builder.variant({{"a", byte}}), builder.enumeration({"a"}), builder.option(byte),
        builder.result(byte, byte), builder.flags({"a"}), builder.own(), builder.borrow()}) {
    types.push_back(type);
  }
  for (const InterfaceTypeId type : types) {
    const Val wrong = builder.types()[type].kind == TypeKind::flags ? Val::u8(1) : Val::flags({});
    EXPECT_EQ(error_of(type, wrong), ErrorCode::value_type_mismatch);
  }
}

TEST_F(Lower, UnsupportedKindsAreRefused) {
  for (const TypeKind kind : {TypeKind::stream, TypeKind::future, TypeKind::error_context}) {
    EXPECT_EQ(error_of(simple(kind), Val::u32(1)), ErrorCode::unsupported_value);
  }
}

TEST_F(Lower, AnErrorOfReallocIsReturned) {
  const InterfaceTypeId type = builder.list(simple(TypeKind::string));
  guest.fail_after = 1;
  std::vector<RawValue> values(2);
  FlatWriter writer(values);
  const auto done = lower_flat(guest.context(), type, Val::list({Val::string("x")}), writer);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::call_failed);
}

}  // namespace
}  // namespace holdfast::abi
