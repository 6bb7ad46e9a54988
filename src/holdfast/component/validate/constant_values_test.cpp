// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of value definitions. The engine's text converter does not know them, so the tests write bytes as octal or
// hexadecimal escapes. The suffix `s` keeps zero bytes in a literal.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "holdfast/component/binary/test_bytes.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/testing/text_components.hpp"

namespace holdfast::component {
namespace {

using namespace std::string_literals;

Features with_values() {
  Features features;
  features.values = true;
  return features;
}

HostResult<ValidatedComponent> validate(const std::string& bytes, const Features& features = with_values()) {
  HOLDFAST_TRY_ASSIGN(syntax::Component component, read(bytes));
  return validate_component(std::move(component), features);
}

std::string value_section(const std::string& type, const std::string& bytes) {
  return section(12, u32(1) + type + u32(bytes.size()) + bytes);
}

/// Exports the value at `index` as `v`.
std::string export_of_value(std::size_t index) { return section(11, u32(1) + "\0\1v"s + "\x02"s + u32(index) + "\0"s); }

/// A component that defines and exports one value of `type`. The type has a name, because exports require one.
std::string component_with(const std::string& type, const std::string& bytes) {
  const std::string named = section(10, u32(1) + "\0\1t\3\0\0"s);  // (import "t" (type (eq 0)))
  return preamble + section(7, u32(1) + type) + named + value_section("\1", bytes) + export_of_value(0);
}

struct Case {
  std::string type;   ///< a defined type
  std::string bytes;  ///< the constant
};

TEST(ConstantValues, OfEveryTypeAreAccepted) {
  const std::vector<Case> cases = {
      {"\x7f", "\1"},
      {"\x7e", "\xff"},
      {"\x7d", "\xff"},
      {"\x7c", "\x80\x80\x7e"},                            // s16: -2^15
      {"\x7b", "\xff\xff\3"},                              // u16: 2^16 - 1
      {"\x7b", "\x81\x80\0"s},                             // padding is allowed
      {"\x7a", "\x80\x80\x80\x80\x78"},                    // s32: -2^31
      {"\x79", "\xff\xff\xff\xff\x0f"},                    // u32
      {"\x78", "\x7f"},                                    // s64: -1
      {"\x77", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"},  // u64
      {"\x76", "\0\0\xc0\x7f"s},                           // the NaN of f32
      {"\x76", "\0\0\x80\xff"s},                           // minus infinity
      {"\x75", "\0\0\0\0\0\0\xf8\x7f"s},                   // the NaN of f64
      {"\x74", "a"},
      {"\x74", "\xf0\x9f\x98\x80"},
      {"\x73", "\3abc"},
      {"\x73", "\0"s},
      {"\x70\x7d", "\3\1\2\3"},              // list<u8>
      {"\x72\2\1a\x7f\1b\x73", "\1\1x"},     // record { a: bool, b: string }
      {"\x6f\2\x7d\x7d", "\1\2"},            // tuple<u8, u8>
      {"\x71\2\1a\0\0\1b\1\x7d\0"s, "\0"s},  // variant { a, b(u8) }
      {"\x71\2\1a\0\0\1b\1\x7d\0"s, "\1\7"},
      {"\x6d\2\1a\1b", "\1"},  // enum { a, b }
      {"\x6b\x7d", "\0"s},     // option<u8>
      {"\x6b\x7d", "\1\5"},
      {"\x6a\1\x7d\0"s, "\0\5"s},  // result<u8>
      {"\x6a\1\x7d\0"s, "\1"},
      {"\x6e\11\1a\1b\1c\1d\1e\1f\1g\1h\1i", "\xff\1"},  // flags of nine labels
  };
  for (const Case& case_ : cases) {
    const auto valid = validate(component_with(case_.type, case_.bytes));
    EXPECT_TRUE(valid) << ::testing::PrintToString(case_.type) << ::testing::PrintToString(case_.bytes) << ": "
                       << (valid ? "" : valid.error().message());
  }
}

TEST(ConstantValues, MalformedConstantsAreRefused) {
  struct Refused : Case {
    std::string message;
  };
  const std::vector<Refused> cases = {
      {{"\x7f", "\2"}, "invalid boolean value: 2"},
      {{"\x7c", "\x80\x80\2"}, "out of range for `s16`"},
      {{"\x7b", "\x80\x80\4"}, "out of range for `u16`"},
      {{"\x7b", "\x81\x80\x80\0"s}, "out of range for `u16`"},
      {{"\x79", "\xff\xff\xff\xff\x1f"}, "integer too large"},
      {{"\x76", "\1\0\xc0\x7f"s}, "a NaN other than the canonical one"},
      {{"\x75", "\0\0\0\0\0\0\xf8\xff"s}, "a NaN other than the canonical one"},
      {{"\x74", "\xed\xa0\x80"}, "not a valid `char` in UTF-8"},
      {{"\x74", "\x80z"}, "not a valid `char` in UTF-8"},
      {{"\x73", "\1\xff"}, "UTF-8"},
      {{"\x70\x7d", "\3\1\2"}, "unexpected end"},
      {{"\x6f\2\x7d\x7d", "\1\2\3"}, "longer than its constant"},
      {{"\x71\1\1a\0\0"s, "\1"}, "case index 1, expected an index below 1"},
      {{"\x6d\2\1a\1b", "\2"}, "case index 2, expected an index below 2"},
      {{"\x6b\x7d", "\2"}, "invalid boolean value: 2"},
      {{"\x7f", ""}, "unexpected end"},
      {{"\x67\x7d\2", "\1\2"}, "unsupported: constants that contain a fixed-length list"},
      {{"\x63\x7d\x7d", "\0"s}, "unsupported: constants that contain a map"},
  };
  for (const Refused& case_ : cases) {
    const auto valid = validate(component_with(case_.type, case_.bytes));
    ASSERT_FALSE(valid) << ::testing::PrintToString(case_.type) << ::testing::PrintToString(case_.bytes);
    EXPECT_NE(valid.error().message().find(case_.message), std::string::npos) << valid.error().message();
    EXPECT_TRUE(valid.error().offset().has_value()) << valid.error().message();
  }
}

TEST(ConstantValues, HandlesHaveNoConstants) {
  const std::string resource = "\x3f\x7f\0"s;
  const auto valid = validate(preamble + section(7, u32(2) + resource + "\x69\0"s) + value_section("\1", "\0"s));
  ASSERT_FALSE(valid);
  EXPECT_NE(valid.error().message().find("a type that contains `own` cannot have constants"), std::string::npos)
      << valid.error().message();
}

TEST(ConstantValues, AreUsedOnce) {
  const std::string defined = preamble + value_section("\x7f", "\1");
  EXPECT_FALSE(validate(defined)) << "the value is not used";
  EXPECT_TRUE(validate(defined + export_of_value(0)));
  EXPECT_FALSE(validate(defined + export_of_value(1))) << "value 1 does not exist";
}

TEST(ConstantValues, NeedTheirFeature) {
  const auto valid = validate(component_with("\x7f", "\1"), Features{});
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().cause(), "support for component model `value`s is not enabled");
}

TEST(ConstantValues, AreValidAndCannotRunYet) {
  const auto valid = validate(component_with("\x7f", "\1"));
  ASSERT_TRUE(valid);
  const auto program = flatten(*valid, ExpansionLimits{});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().kind(), ErrorKind::unsupported);
  EXPECT_NE(program.error().message().find("values and start functions"), std::string::npos);
}

/// Imports a value as `name` with the bound `bound`.
std::string import_of_value(const std::string& name, const std::string& bound) {
  return section(10, u32(1) + "\0"s + u32(name.size()) + name + "\x02" + bound);
}

TEST(ValueBounds, AnEqualBoundTakesTheTypeOfTheValueAndDoesNotUseIt) {
  const std::string two = preamble + import_of_value("a", "\1\x7f") + import_of_value("b", "\0\0"s);
  const std::string start_of = section(9, "\0\2\0\1\0"s);  // (start 0 (value 0) (value 1))
  const std::string takes_booleans =
      section(7, u32(1) + "\x40\2\1p\x7f\1q\x7f\1\0"s) + section(10, u32(1) + "\0\1f\1\0"s);
  const std::string takes_numbers =
      section(7, u32(1) + "\x40\2\1p\x7f\1q\x7d\1\0"s) + section(10, u32(1) + "\0\1f\1\0"s);
  EXPECT_TRUE(validate(two + takes_booleans + start_of));
  const auto wrong = validate(two + takes_numbers + start_of);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message().find("value type mismatch for component start function argument 1"),
            std::string::npos)
      << wrong.error().message();
  EXPECT_FALSE(validate(preamble + import_of_value("a", "\0\5"s))) << "value 5 does not exist";
}

TEST(ValueExports, ContainNoBorrow) {
  const auto valid = testing::validate_text(
      "(component (import \"r\" (type $r (sub resource))) (type $b (borrow $r)) (import \"v\" (value $v (type $b))) "
      "(export \"w\" (value $v)))",
      with_values());
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().cause(), "exported value cannot contain a `borrow` type");
}

}  // namespace
}  // namespace holdfast::component
