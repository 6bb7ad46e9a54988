// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/wave_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/testing/random_value.hpp"
#include "holdfast/abi/testing/type_builder.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "statements/statement_parser.hpp"

namespace holdfast::cli {
namespace {

using abi::testing::TypeBuilder;
using component::TypeKind;
using ::testing::HasSubstr;
using Id = component::InterfaceTypeId;

class WaveParsing : public testing::Test, public ValueScope {
 protected:
  std::string describe(Id type) const override { return component::type_text(types.types(), type); }
  SourceResult<Val> evaluate(const Expression& name, Id) override {
    const auto variable = variables.find(name.full_name());
    if (variable != variables.end()) return variable->second;
    return source_fail(name.span, "unknown name " + name.full_name());
  }
  SourceResult<void> pass(const Val&, const component::InterfaceType&, Span) override {
    ++passed;
    return {};
  }

  SourceResult<Val> read(std::string_view text, Id type) {
    auto expression = parse_expression(text);
    if (!expression) return std::unexpected(expression.error());
    return WaveParser(types.types(), *this).value(*expression, type);
  }
  /// Reads `text` and prints the value.
  std::string wave(std::string_view text, Id type) {
    const auto value = read(text, type);
    if (!value) return "error: " + value.error().message;
    EXPECT_TRUE(abi::check(types.types(), type, *value)) << text;
    return value->to_wave();
  }
  std::string error(std::string_view text, Id type) {
    const auto value = read(text, type);
    return value ? "no error: " + value->to_wave() : value.error().message;
  }
  Id simple(TypeKind kind) { return types.simple(kind); }

  TypeBuilder types;
  std::map<std::string, Val> variables;
  int passed = 0;
};

TEST_F(WaveParsing, Scalars) {
  EXPECT_EQ(wave("true", simple(TypeKind::boolean)), "true");
  EXPECT_EQ(wave("-128", simple(TypeKind::s8)), "-128");
  EXPECT_EQ(wave("255", simple(TypeKind::u8)), "255");
  EXPECT_EQ(wave("18446744073709551615", simple(TypeKind::u64)), "18446744073709551615");
  EXPECT_EQ(wave("-9223372036854775808", simple(TypeKind::s64)), "-9223372036854775808");
  EXPECT_EQ(wave("1.5", simple(TypeKind::f32)), "1.5");
  EXPECT_EQ(wave("3", simple(TypeKind::f64)), "3");
  EXPECT_EQ(wave("-inf", simple(TypeKind::f64)), "-inf");
  EXPECT_EQ(wave("nan", simple(TypeKind::f32)), "nan");
  EXPECT_EQ(wave("'\\u{1f600}'", simple(TypeKind::character)), "'\xf0\x9f\x98\x80'");
  EXPECT_EQ(wave("\"a\\nb\"", simple(TypeKind::string)), "\"a\\nb\"");
}

TEST_F(WaveParsing, NumbersBeyondTheirTypeAreRefused) {
  EXPECT_EQ(error("256", simple(TypeKind::u8)), "256 does not fit in u8: expected 0 to 255");
  EXPECT_EQ(error("-1", simple(TypeKind::u32)), "-1 does not fit in u32: expected 0 to 4294967295");
  EXPECT_EQ(error("-129", simple(TypeKind::s8)), "-129 does not fit in s8: expected -128 to 127");
  EXPECT_THAT(error("1.5", simple(TypeKind::u8)), HasSubstr("expected a whole number of type u8, found 1.5"));
  EXPECT_THAT(error("99999999999999999999", simple(TypeKind::u64)), HasSubstr("does not fit in u64"));
}

TEST_F(WaveParsing, Aggregates) {
  const Id number = simple(TypeKind::u8);
  const Id text = simple(TypeKind::string);
  EXPECT_EQ(wave("[1, 2]", types.list(number)), "[1, 2]");
  EXPECT_EQ(wave("[]", types.list(number)), "[]");
  EXPECT_EQ(wave("[1, 2]", types.fixed_list(number, 2)), "[1, 2]");
  EXPECT_THAT(error("[1]", types.fixed_list(number, 2)), HasSubstr("found a list of 1"));
  EXPECT_EQ(wave("(1, \"a\")", types.tuple({number, text})), "(1, \"a\")");
  EXPECT_THAT(error("(1)", types.tuple({number, text})), HasSubstr("a tuple of 1"));
  EXPECT_EQ(wave("{b: \"x\", a: 1}", types.record({{"a", number}, {"b", text}})), "{a: 1, b: \"x\"}");
  EXPECT_EQ(wave("{b, a, b}", types.flags({"a", "b", "c"})), "{b, a}");
  EXPECT_EQ(wave("{}", types.flags({"a"})), "{}");
  EXPECT_EQ(wave("[(1, \"a\")]", types.map(number, text)), "[(1, \"a\")]");
}

TEST_F(WaveParsing, RecordsMayLeaveOutFieldsThatAreNone) {
  const Id type = types.record({{"a", types.option(simple(TypeKind::u8))}, {"b", simple(TypeKind::u8)}});
  EXPECT_EQ(wave("{b: 1}", type), "{a: none, b: 1}");
  EXPECT_THAT(error("{a: 1}", type), HasSubstr("the field `b` of type u8 is missing"));
  EXPECT_THAT(error("{b: 1, bb: 2}", type), HasSubstr("no field `bb`; did you mean"));
  EXPECT_THAT(error("{b: 1, b: 2}", type), HasSubstr("twice"));
}

TEST_F(WaveParsing, Cases) {
  const Id number = simple(TypeKind::u8);
  const Id shape = types.variant({{"circle", number}, {"none", std::nullopt}});
  EXPECT_EQ(wave("circle(3)", shape), "circle(3)");
  EXPECT_EQ(wave("%none", shape), "%none");
  EXPECT_THAT(error("circle", shape), HasSubstr("`circle` takes one value of type u8"));
  EXPECT_THAT(error("none(1)", shape), HasSubstr("takes no value"));
  EXPECT_EQ(wave("red", types.enumeration({"red", "green"})), "red");
  EXPECT_EQ(wave("some(1)", types.option(number)), "some(1)");
  EXPECT_EQ(wave("err(\"x\")", types.result(number, simple(TypeKind::string))), "err(\"x\")");
  EXPECT_EQ(wave("ok", types.result(std::nullopt, std::nullopt)), "ok");
}

TEST_F(WaveParsing, SomeAndOkMayBeLeftOut) {
  const Id number = simple(TypeKind::u8);
  EXPECT_EQ(wave("1", types.option(number)), "some(1)");
  EXPECT_EQ(wave("[1]", types.result(types.list(number), std::nullopt)), "ok([1])");
  EXPECT_EQ(wave("true", types.option(simple(TypeKind::boolean))), "some(true)");
  EXPECT_THAT(error("1", types.option(types.option(number))), HasSubstr("expected"));
}

TEST_F(WaveParsing, ErrorsSayWhatDoesNotFit) {
  EXPECT_EQ(error("\"a\"", simple(TypeKind::u8)), "expected u8, found a string");
  EXPECT_EQ(error("5", simple(TypeKind::string)), "expected string, found the number 5");
  EXPECT_THAT(error("{x}", types.flags({"y"})), HasSubstr("unknown flag `x`"));
  EXPECT_EQ(read("[1, \"a\"]", types.list(simple(TypeKind::u8))).error().span.offset, 4U) << "the place of the element";
  EXPECT_THAT(error("5", types.own()), HasSubstr("expected own"));
}

TEST_F(WaveParsing, VariablesStandForTheirValues) {
  variables["x"] = Val::u8(7);
  EXPECT_EQ(wave("[x, 1]", types.list(simple(TypeKind::u8))), "[7, 1]");
  EXPECT_EQ(wave("x", types.option(simple(TypeKind::u8))), "some(7)");
  EXPECT_THAT(error("x", simple(TypeKind::string)), HasSubstr("expected string"));
  EXPECT_THAT(error("y", simple(TypeKind::u8)), HasSubstr("unknown name y"));
  variables["r"] = Val::ok(Val::u8(1));
  EXPECT_EQ(wave("r", simple(TypeKind::u8)), "1") << "the ok around a value is removed";
}

TEST_F(WaveParsing, CasesTakePrecedenceOverVariables) {
  variables["red"] = Val::enumeration("green");
  EXPECT_EQ(wave("red", types.enumeration({"red", "green"})), "red");
}

TEST_F(WaveParsing, EveryHandleIsPassed) {
  variables["a"] = Val::own(abi::HandleToken{1});
  variables["lists"] =
      Val::list({Val::list({Val::own(abi::HandleToken{2})}), Val::list({Val::own(abi::HandleToken{3})})});
  EXPECT_TRUE(read("[a, a]", types.list(types.own())));
  EXPECT_EQ(passed, 2);
  EXPECT_TRUE(read("lists", types.list(types.list(types.own()))));
  EXPECT_EQ(passed, 4);
}

TEST_F(WaveParsing, PrintedValuesAreReadAgain) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    abi::testing::RandomValues random(seed);
    const Id type = random.type(types, 4);
    const Val value = random.value(types.types(), type);
    const auto again = read(value.to_wave(), type);
    ASSERT_TRUE(again) << value.to_wave() << ": " << again.error().message;
    EXPECT_EQ(*again, value) << value.to_wave();
  }
}

TEST_F(WaveParsing, ErrorsArePlacedInsideTheText) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    abi::testing::RandomValues random(seed);
    const Id type = random.type(types, 4);
    std::string text = random.value(types.types(), type).to_wave();
    constexpr std::string_view slips = "()[]{},;:=.\"'\\-9x%\n\xff";
    text[random.below(static_cast<std::uint32_t>(text.size()))] =
        slips[random.below(static_cast<std::uint32_t>(slips.size()))];
    const auto value = read(text, type);
    if (value) continue;
    EXPECT_LE(value.error().span.end(), text.size()) << text;
    EXPECT_FALSE(render(value.error(), text, "").empty());
  }
}

}  // namespace
}  // namespace holdfast::cli
