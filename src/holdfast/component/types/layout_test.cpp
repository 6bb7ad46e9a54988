// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/layout.hpp"

#include <gtest/gtest.h>

namespace holdfast::component::types {
namespace {

using engine::ValueType;
using Flat = FlatTypes;

TEST(Layout, PrimitivesAreAsWideAsTheyAreAligned) {
  EXPECT_EQ(layout_of_primitive(TypeKind::boolean).narrow.size, 1u);
  EXPECT_EQ(layout_of_primitive(TypeKind::u16).narrow.size, 2u);
  EXPECT_EQ(layout_of_primitive(TypeKind::character).narrow.size, 4u);
  EXPECT_EQ(layout_of_primitive(TypeKind::f64).narrow.alignment, 8u);
  EXPECT_EQ(layout_of_primitive(TypeKind::f64).narrow.flat, Flat{ValueType::f64});
}

TEST(Layout, StringsArePointerAndLength) {
  const Layout string = layout_of_primitive(TypeKind::string);
  EXPECT_TRUE(string.contains_pointer);
  EXPECT_EQ(string.narrow.size, 8u);
  EXPECT_EQ(string.narrow.alignment, 4u);
  EXPECT_EQ(string.wide.size, 16u);
  EXPECT_EQ(string.wide.alignment, 8u);
  EXPECT_EQ(string.wide.flat, (Flat{ValueType::i64, ValueType::i64}));
}

TEST(Layout, RecordsAlignFieldsAndRoundUp) {
  const Layout byte = layout_of_primitive(TypeKind::u8);
  const Layout word = layout_of_primitive(TypeKind::u32);
  const Layout* const fields[] = {&byte, &word, &byte};
  const Layout record = layout_of_record(fields);
  EXPECT_EQ(record.narrow.size, 12u);
  EXPECT_EQ(record.narrow.alignment, 4u);
  EXPECT_EQ(record.narrow.flat, (Flat{ValueType::i32, ValueType::i32, ValueType::i32}));
}

TEST(Layout, VariantsJoinTheirPayloads) {
  const Layout f32 = layout_of_primitive(TypeKind::f32);
  const Layout u32 = layout_of_primitive(TypeKind::u32);
  const Layout f64 = layout_of_primitive(TypeKind::f64);
  const Layout* const small[] = {&f32, &u32, nullptr};
  EXPECT_EQ(layout_of_variant(small).narrow.flat, (Flat{ValueType::i32, ValueType::i32}));
  EXPECT_EQ(layout_of_variant(small).narrow.size, 8u);
  const Layout* const large[] = {&f32, &f64};
  const Layout joined = layout_of_variant(large);
  EXPECT_EQ(joined.narrow.flat, (Flat{ValueType::i32, ValueType::i64}));
  EXPECT_EQ(joined.narrow.payload_offset, 8u);
  EXPECT_EQ(joined.narrow.size, 16u);
}

TEST(Layout, DiscriminantsGrowWithTheCases) {
  EXPECT_EQ(discriminant_size(1), 1u);
  EXPECT_EQ(discriminant_size(256), 1u);
  EXPECT_EQ(discriminant_size(257), 2u);
  EXPECT_EQ(discriminant_size(65536), 2u);
  EXPECT_EQ(discriminant_size(65537), 4u);
}

TEST(Layout, FlagsTakeOneTwoOrFourBytes) {
  EXPECT_EQ(layout_of_flags(8).narrow.size, 1u);
  EXPECT_EQ(layout_of_flags(9).narrow.size, 2u);
  EXPECT_EQ(layout_of_flags(17).narrow.size, 4u);
}

TEST(Layout, SizesSaturateAndFlatTypesAreCut) {
  const Layout word = layout_of_primitive(TypeKind::u64);
  const Layout list = layout_of_fixed_list(word, 0xffff'ffff);
  EXPECT_EQ(list.narrow.size, std::uint64_t{0xffff'ffff} * 8);
  const Layout nested = layout_of_fixed_list(layout_of_fixed_list(list, 0xffff'ffff), 0xffff'ffff);
  EXPECT_EQ(nested.narrow.size, size_ceiling);
  EXPECT_EQ(nested.narrow.flat.size(), flat_cut);
}

}  // namespace
}  // namespace holdfast::component::types
