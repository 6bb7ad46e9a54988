// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/val.hpp"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <utility>

namespace holdfast {
namespace {

std::vector<Val> one_of_each_kind() {
  return {Val::boolean(true),
          Val::s8(-1),
          Val::u8(1),
          Val::s16(-1),
          Val::u16(1),
          Val::s32(-1),
          Val::u32(1),
          Val::s64(-1),
          Val::u64(1),
          Val::f32(1),
          Val::f64(1),
          Val::character(U'x'),
          Val::string("x"),
          Val::list({}),
          Val::record({{"a", Val::u32(1)}}),
          Val::tuple({Val::u8(1)}),
          Val::variant("a"),
          Val::enumeration("a"),
          Val::some(Val::u8(1)),
          Val::ok(),
          Val::flags({"a"}),
          Val::own({7}),
          Val::borrow({7})};
}

TEST(Val, AccessorsReturnTheContent) {
  EXPECT_EQ(Val::boolean(true).as_bool(), true);
  EXPECT_EQ(Val::s8(-128).as_s8(), -128);
  EXPECT_EQ(Val::u8(255).as_u8(), 255);
  EXPECT_EQ(Val::s16(-32768).as_s16(), -32768);
  EXPECT_EQ(Val::u16(65535).as_u16(), 65535);
  EXPECT_EQ(Val::s32(-5).as_s32(), -5);
  EXPECT_EQ(Val::u32(0xffff'ffff).as_u32(), 0xffff'ffff);
  EXPECT_EQ(Val::s64(std::numeric_limits<std::int64_t>::min()).as_s64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Val::u64(~0ULL).as_u64(), ~0ULL);
  EXPECT_EQ(Val::f32(-0.5F).as_f32(), -0.5F);
  EXPECT_EQ(Val::f64(1e300).as_f64(), 1e300);
  EXPECT_EQ(Val::character(U'é').as_char(), U'é');
  EXPECT_EQ(Val::string("text").as_string(), "text");
  EXPECT_EQ(Val::list({Val::u8(1), Val::u8(2)}).as_list()->size(), 2U);
  EXPECT_EQ((*Val::tuple({Val::u8(1), Val::u8(2)}).as_tuple())[1], Val::u8(2));
  EXPECT_EQ(Val::enumeration("red").as_enum(), "red");
  EXPECT_EQ(Val::own({42}).as_own(), abi::HandleToken{42});
  EXPECT_EQ(Val::borrow({43}).as_borrow(), abi::HandleToken{43});

  const Val record = Val::record({{"a", Val::u32(1)}, {"b", Val::string("x")}});
  EXPECT_EQ((*record.as_record())[1].name, "b");
  EXPECT_EQ(record.field("b"), Val::string("x"));
  ASSERT_FALSE(record.field("c"));
  EXPECT_EQ(record.field("c").error().kind(), ErrorKind::misuse);

  const Val variant = Val::variant("circle", Val::f64(2));
  EXPECT_EQ(variant.as_variant()->name, "circle");
  EXPECT_EQ(*variant.as_variant()->payload, Val::f64(2));
  EXPECT_EQ(Val::variant("empty").as_variant()->payload, nullptr);
  EXPECT_EQ(*Val::none().as_option(), nullptr);
  EXPECT_EQ(**Val::some(Val::u8(1)).as_option(), Val::u8(1));
  EXPECT_TRUE(Val::ok().as_result()->is_ok);
  EXPECT_EQ(*Val::error(Val::string("no")).as_result()->payload, Val::string("no"));
  EXPECT_FALSE(Val::error().as_result()->is_ok);
  const Val flags = Val::flags({"a", "b", "a"});
  EXPECT_EQ(flags.as_flags()->size(), 2U);
}

TEST(Val, TheWrongAccessorFailsAndNamesBothKinds) {
  const auto wrong = Val::string("x").as_u32();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind(), ErrorKind::misuse);
  EXPECT_EQ(wrong.error().message(), "expected a value of kind u32, got string");

  const auto failures = [](const Val& value) {
    return int{!value.as_bool()} + int{!value.as_s8()} + int{!value.as_u8()} + int{!value.as_s16()} +
           int{!value.as_u16()} + int{!value.as_s32()} + int{!value.as_u32()} + int{!value.as_s64()} +
           int{!value.as_u64()} + int{!value.as_f32()} + int{!value.as_f64()} + int{!value.as_char()} +
           int{!value.as_string()} + int{!value.as_list()} + int{!value.as_record()} + int{!value.as_tuple()} +
           int{!value.as_variant()} + int{!value.as_enum()} + int{!value.as_option()} + int{!value.as_result()} +
           int{!value.as_flags()} + int{!value.as_own()} + int{!value.as_borrow()};
  };
  for (const Val& value : one_of_each_kind()) EXPECT_EQ(failures(value), 22) << value.to_wave();
}

TEST(Val, ValuesAreEqualIfKindAndContentAre) {
  const std::vector<Val> values = one_of_each_kind();
  const std::vector<Val> same = one_of_each_kind();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < same.size(); ++j) EXPECT_EQ(values[i] == same[j], i == j);
  }
  EXPECT_EQ(Val::flags({"a", "b"}), Val::flags({"b", "a"}));
  EXPECT_NE(Val::flags({"a"}), Val::flags({"a", "b"}));
  EXPECT_NE(Val::none(), Val::some(Val::u8(0)));
  EXPECT_NE(Val::ok(), Val::error());
  EXPECT_NE(Val::ok(Val::u8(1)), Val::ok());
  EXPECT_NE(Val::variant("a"), Val::variant("a", Val::u8(1)));
  EXPECT_NE(Val::record({{"a", Val::u8(1)}}), Val::record({{"b", Val::u8(1)}}));
  EXPECT_NE(Val::f32(0.0F), Val::f32(-0.0F));
  EXPECT_EQ(Val::f64(std::nan("1")), Val::f64(-std::nan("2")));
}

TEST(Val, NansBecomeCanonical) {
  const float odd = std::bit_cast<float>(0xffc1'2345U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(*Val::f32(odd).as_f32()), 0x7fc0'0000U);
  const double odd_double = std::bit_cast<double>(0x7ff0'0000'0000'0001ULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(*Val::f64(odd_double).as_f64()), 0x7ff8'0000'0000'0000ULL);
}

TEST(Val, KeeperIsReleasedWithTheLastCopy) {
  bool released = false;
  {
    Val kept = Val::own({1}, std::shared_ptr<void>(nullptr, [&released](void*) { released = true; }));
    {
      const Val list = Val::list({std::move(kept)});
      kept = (*list.as_list())[0];
    }
    EXPECT_FALSE(released);
    EXPECT_EQ(kept.as_own(), abi::HandleToken{1});
  }
  EXPECT_TRUE(released);
  EXPECT_EQ(Val::own({1}).keeper(), nullptr);
  EXPECT_EQ(Val::u32(1).keeper(), nullptr);
}

TEST(Val, IsSmallAndMovesWithoutAllocating) {
  EXPECT_LE(sizeof(Val), 40U);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Val>);
  EXPECT_EQ(Val(), Val::boolean(false));
}

TEST(ValWave, ScalarsPrintAsNumbersAndWords) {
  EXPECT_EQ(Val::boolean(false).to_wave(), "false");
  EXPECT_EQ(Val::s8(-128).to_wave(), "-128");
  EXPECT_EQ(Val::u64(~0ULL).to_wave(), "18446744073709551615");
  EXPECT_EQ(Val::f32(1).to_wave(), "1");
  EXPECT_EQ(Val::f32(0.1F).to_wave(), "0.1");
  EXPECT_EQ(Val::f64(-1e100).to_wave(), "-1e+100");
  EXPECT_EQ(Val::f64(std::nan("")).to_wave(), "nan");
  EXPECT_EQ(Val::f32(std::numeric_limits<float>::infinity()).to_wave(), "inf");
  EXPECT_EQ(Val::f64(-std::numeric_limits<double>::infinity()).to_wave(), "-inf");
  EXPECT_EQ(Val::character(U'x').to_wave(), "'x'");
  EXPECT_EQ(Val::character(U'\'').to_wave(), "'\\''");
  EXPECT_EQ(Val::character(U'☃').to_wave(), "'☃'");
  EXPECT_EQ(Val::character(U'😀').to_wave(), "'😀'");
  EXPECT_EQ(Val::character(U'é').to_wave(), "'é'");
  EXPECT_EQ(Val::character(U'\0').to_wave(), "'\\u{0}'");
  EXPECT_EQ(Val::character(static_cast<char32_t>(0xd800)).to_wave(), "'\\u{d800}'");
}

TEST(ValWave, StringsAreEscaped) {
  EXPECT_EQ(Val::string("a \"b\"\\\n\r\t'\x01☃").to_wave(), "\"a \\\"b\\\"\\\\\\n\\r\\t'\\u{1}☃\"");
}

TEST(ValWave, AggregatesPrintWithTheirParts) {
  EXPECT_EQ(Val::list({Val::u8(1), Val::u8(2)}).to_wave(), "[1, 2]");
  EXPECT_EQ(Val::list({}).to_wave(), "[]");
  EXPECT_EQ(Val::tuple({Val::u8(1), Val::string("x")}).to_wave(), "(1, \"x\")");
  EXPECT_EQ(Val::record({{"a", Val::u8(1)}, {"b-c", Val::none()}}).to_wave(), "{a: 1, b-c: none}");
  EXPECT_EQ(Val::variant("circle", Val::f32(1.5F)).to_wave(), "circle(1.5)");
  EXPECT_EQ(Val::variant("empty").to_wave(), "empty");
  EXPECT_EQ(Val::enumeration("none").to_wave(), "%none");
  EXPECT_EQ(Val::some(Val::some(Val::u8(1))).to_wave(), "some(some(1))");
  EXPECT_EQ(Val::ok().to_wave(), "ok");
  EXPECT_EQ(Val::ok(Val::u8(1)).to_wave(), "ok(1)");
  EXPECT_EQ(Val::error(Val::string("no")).to_wave(), "err(\"no\")");
  EXPECT_EQ(Val::flags({"a", "b"}).to_wave(), "{a, b}");
  EXPECT_EQ(Val::flags({}).to_wave(), "{}");
  EXPECT_EQ(Val::own({3}, {}, "bucket").to_wave(), "<bucket#3>");
  EXPECT_EQ(Val::borrow({3}).to_wave(), "<borrow#3>");
}

}  // namespace
}  // namespace holdfast
