// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/check.hpp"

#include <gtest/gtest.h>

#include "holdfast/abi/testing/type_builder.hpp"
#include "holdfast/component/program/wit_text.hpp"

namespace holdfast::abi {
namespace {

using component::TypeKind;
using testing::TypeBuilder;

class Check : public ::testing::Test {
 protected:
  std::string message(TypeBuilder::Id type, const Val& value) {
    const auto checked = check(builder.types(), type, value);
    if (checked) return "fits";
    EXPECT_EQ(checked.error().kind(), ErrorKind::misuse);
    EXPECT_EQ(checked.error().code(), ErrorCode::value_type_mismatch);
    return checked.error().message();
  }

  TypeBuilder builder;
  TypeBuilder::Id byte = builder.simple(TypeKind::u8);
  TypeBuilder::Id word = builder.simple(TypeKind::u32);
  TypeBuilder::Id text = builder.simple(TypeKind::string);
};

TEST_F(Check, TheMessageNamesThePlace) {
  const auto type = builder.list(builder.record({{"a", builder.option(word)}, {"b", text}}));
  const Val value = Val::list({Val::record({{"a", Val::none()}, {"b", Val::string("")}}),
                               Val::record({{"a", Val::some(Val::string("x"))}, {"b", Val::string("")}})});
  EXPECT_EQ(message(type, value), "element 1, field a, case some: expected u32, got string");

  const auto function = builder.function({{"first", word}, {"second", builder.record({{"a", word}})}}, text);
  const Val arguments[] = {Val::u32(1), Val::record({{"a", Val::string("x")}})};
  const auto checked = check_parameters(builder.types(), function, arguments);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message(), "parameter 2 (second), field a: expected u32, got string");
  const auto count = check_parameters(builder.types(), function, std::span(arguments, 1));
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().message(), "expected 2 arguments, got 1");
}

TEST_F(Check, Results) {
  const auto with = builder.function({}, word);
  const auto without = builder.function({}, std::nullopt);
  const Val five = Val::u32(5);
  const Val wrong = Val::u8(5);
  EXPECT_TRUE(check_result(builder.types(), with, &five));
  EXPECT_TRUE(check_result(builder.types(), without, nullptr));
  EXPECT_EQ(check_result(builder.types(), with, &wrong).error().message(), "result: expected u32, got u8");
  EXPECT_EQ(check_result(builder.types(), with, nullptr).error().message(), "expected a result of type u32");
  EXPECT_EQ(check_result(builder.types(), without, &five).error().message(), "the function has no result");
}

TEST_F(Check, Records) {
  const auto type = builder.record({{"a", byte}, {"b", word}});
  EXPECT_EQ(message(type, Val::record({{"b", Val::u32(1)}, {"a", Val::u8(1)}})), "fits");
  EXPECT_EQ(message(type, Val::record({{"a", Val::u8(1)}})), "field b is missing");
  EXPECT_EQ(message(type, Val::record({{"a", Val::u8(1)}, {"a", Val::u8(1)}})), "field a appears more than once");
  EXPECT_EQ(message(type, Val::record({{"a", Val::u8(1)}, {"b", Val::u32(1)}, {"c", Val::u8(1)}})),
            "the record has no field c");
}

TEST_F(Check, TuplesAndLists) {
  EXPECT_EQ(message(builder.tuple({byte, word}), Val::tuple({Val::u8(1)})),
            "expected tuple<u8, u32>, got a tuple of 1");
  EXPECT_EQ(message(builder.tuple({byte}), Val::tuple({Val::u16(1)})), "element 0: expected u8, got u16");
  EXPECT_EQ(message(builder.fixed_list(byte, 2), Val::list({Val::u8(1)})), "expected list<u8, 2>, got a list of 1");
  EXPECT_EQ(message(builder.fixed_list(byte, 1), Val::list({Val::u8(1)})), "fits");
  const auto map = builder.map(text, word);
  EXPECT_EQ(message(map, Val::list({Val::tuple({Val::string("k"), Val::u32(1)})})), "fits");
  EXPECT_EQ(message(map, Val::list({Val::tuple({Val::u8(1), Val::u32(1)})})), "entry 0, key: expected string, got u8");
  EXPECT_EQ(message(map, Val::list({Val::tuple({Val::string("k"), Val::u8(1)})})),
            "entry 0, value: expected u32, got u8");
  EXPECT_EQ(message(map, Val::list({Val::u8(1)})), "entry 0: expected a tuple of key and value");
}

TEST_F(Check, Cases) {
  const auto variant = builder.variant({{"circle", word}, {"empty", {}}});
  EXPECT_EQ(message(variant, Val::variant("circle", Val::u32(1))), "fits");
  EXPECT_EQ(message(variant, Val::variant("circle")), "case circle needs a payload");
  EXPECT_EQ(message(variant, Val::variant("empty", Val::u32(1))), "case empty takes no payload");
  EXPECT_EQ(message(variant, Val::variant("square")), "square is not a case of variant { circle(u32), empty }");
  EXPECT_EQ(message(builder.enumeration({"red"}), Val::enumeration("blue")), "blue is not a case of enum { red }");
  EXPECT_EQ(message(builder.result(word, {}), Val::ok(Val::u8(1))), "case ok: expected u32, got u8");
  EXPECT_EQ(message(builder.result({}, {}), Val::ok()), "fits");
  EXPECT_EQ(message(builder.flags({"a"}), Val::flags({"b"})), "b is not a label of flags { a }");
}

TEST_F(Check, InvalidTextAndChars) {
  EXPECT_EQ(message(text, Val::string("ab\xff")), "the string is not valid UTF-8 (byte 2)");
  EXPECT_EQ(message(builder.simple(TypeKind::character), Val::character(static_cast<char32_t>(0xd800))),
            "the char 55296 is not a Unicode scalar value");
}

TEST_F(Check, Handles) {
  EXPECT_EQ(message(builder.own(), Val::own({1})), "fits");
  EXPECT_EQ(message(builder.borrow(), Val::own({1})), "fits");
  EXPECT_EQ(message(builder.borrow(), Val::borrow({1})), "fits");
  EXPECT_EQ(message(builder.own(), Val::borrow({1})), "expected own, got borrow");
  EXPECT_EQ(message(builder.borrow(), Val::u32(1)), "expected borrow, got u32");
}

TEST_F(Check, UnsupportedKindsAreNamed) {
  const auto checked = check(builder.types(), builder.simple(TypeKind::stream), Val::u32(1));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(checked.error().message(), "stream cannot be passed yet");
}

TEST_F(Check, TypesAreWrittenLikeWit) {
  EXPECT_EQ(type_text(builder.types(), builder.map(text, builder.list(byte))), "map<string, list<u8>>");
  EXPECT_EQ(type_text(builder.types(), builder.result({}, text)), "result<_, string>");
  EXPECT_EQ(type_text(builder.types(), builder.result(text, {})), "result<string>");
  EXPECT_EQ(type_text(builder.types(), builder.result({}, {})), "result");
  EXPECT_EQ(type_text(builder.types(), builder.option(builder.own())), "option<own>");
  auto deep = byte;
  for (int i = 0; i < 10; ++i) deep = builder.list(deep);
  EXPECT_EQ(type_text(builder.types(), deep), "list<list<list<list<…>>>>");
}

}  // namespace
}  // namespace holdfast::abi
