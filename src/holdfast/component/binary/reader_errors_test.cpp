// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the reader refuses: the error, its offset, and what was read before it.
#include <cstddef>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <string>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/binary/test_bytes.hpp"

namespace holdfast::component {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

void expect_error(const std::string& bytes, ErrorCode code, std::size_t offset, const std::string& text) {
  const auto component = read(bytes);
  ASSERT_FALSE(component.has_value()) << text;
  EXPECT_EQ(name_of(component.error().code()), name_of(code));
  EXPECT_EQ(component.error().offset(), offset) << text;
  EXPECT_THAT(component.error().cause(), HasSubstr(text));
}

/// Expects an error at byte `at` of `definition`, which is the only one in its section.
void expect_definition_error(unsigned id, const std::string& definition, std::size_t at, ErrorCode code,
                             const std::string& text) {
  expect_error(preamble + section(id, "\x01" + definition), code, preamble.size() + 3 + at, text);
}

// --- preamble and sections ---

TEST(ComponentReader, ACoreModuleIsRecognised) {
  expect_error(core_preamble, ErrorCode::module_not_component, 4, "this is a core module, not a component");
}

TEST(ComponentReader, PreambleErrors) {
  expect_error("", ErrorCode::unexpected_end, 0, "unexpected end");
  expect_error("\0as"s, ErrorCode::unexpected_end, 3, "unexpected end");
  expect_error("\0asm\x0d\0\x01"s, ErrorCode::unexpected_end, 7, "unexpected end");
  expect_error("\0ASM"s, ErrorCode::bad_magic, 1, "magic header not detected");
  expect_error("\0asm\x0c\0\x01\0"s, ErrorCode::unknown_version, 4, "unknown binary version: 0x1000c");
  expect_error("\0asm\x0d\0\x02\0"s, ErrorCode::unknown_version, 4, "unknown binary version");
  expect_error(preamble + section(4, core_preamble), ErrorCode::expected_component_header, 14,
               "expected a version header for a component");
  expect_error(preamble + section(1, preamble), ErrorCode::expected_module_header, 14,
               "expected a version header for a module");
}

TEST(ComponentReader, SectionErrors) {
  expect_error(preamble + "\x0d\0"s, ErrorCode::malformed_section_id, 8, "malformed section id");
  expect_error(preamble + "\xff", ErrorCode::malformed_section_id, 8, "malformed section id");
  expect_error(preamble + "\x07"s, ErrorCode::unexpected_end, 9, "unexpected end-of-file");
  expect_error(preamble + "\x07\x03\0"s, ErrorCode::unexpected_end, 11, "unexpected end-of-file");
  expect_error(preamble + "\x07\x81\x80\x80\x80\x70\0"s, ErrorCode::integer_too_large, 13, "integer too large");
  expect_error(preamble + "\x07\x81\x80\x80\x80\x80\0"s, ErrorCode::integer_too_long, 13,
               "integer representation too long");
  expect_error(preamble + section(7, "\x01\x73\x73"), ErrorCode::section_size_mismatch, 12,
               "unexpected data at the end of the section");
  expect_error(preamble + section(0, "\x02\xff\xfe"), ErrorCode::malformed_utf8, 11, "malformed UTF-8 encoding");
  expect_error(preamble + section(1, core_preamble + section(3, "\0"s) + section(1, "\0"s)),
               ErrorCode::section_out_of_order, 21, "section out of order");
}

// --- errors of productions ---

TEST(ComponentReader, UnexpectedBytesInDefinitions) {
  const struct {
    unsigned section;
    std::string definition;
    std::size_t at;
    ErrorCode code;
    std::string text;
  } cases[] = {
      {2, "\x02\0"s, 0, ErrorCode::bad_core_instance, "invalid leading byte (0x2) for core instance"},
      {2, "\0\0\x01\x01i\0\0"s, 5, ErrorCode::bad_core_argument_kind, "(0x0) for instantiation arg kind"},
      {2, "\x01\x01\x01i\x10\0"s, 4, ErrorCode::bad_core_external_kind, "(0x10) for external kind"},
      {3, "\0\x60\0\0"s, 1, ErrorCode::bad_non_final_sub, "(0x60) for non-final sub type"},
      {3, "\x50\x01\x04", 2, ErrorCode::bad_module_declaration, "(0x4) for type definition"},
      {3, "\x50\x01\x02\0\x01\0\0"s, 3, ErrorCode::bad_core_alias_kind, "(0x0) for outer alias kind"},
      {3, "\x50\x01\x02\x10\0\0\0"s, 4, ErrorCode::bad_core_alias_target, "(0x0) for outer alias target"},
      {3, "\x50\x02\x01\x50\0\x01"s, 5, ErrorCode::bad_core_type, "(0x1) for type"},
      {5, "\x02\0"s, 0, ErrorCode::bad_instance, "(0x2) for instance"},
      {5, "\x01\x01\0\x01i\0\x10\0"s, 6, ErrorCode::bad_external_kind, "(0x10) for component external kind"},
      {6, "\x01\x03\0\0"s, 1, ErrorCode::bad_alias, "(0x3) for alias"},
      {6, "\x06\x02\0\0"s, 0, ErrorCode::bad_outer_alias_kind, "(0x6) for component outer alias kind"},
      {6, "\0\x13\x02\0\0"s, 1, ErrorCode::bad_outer_alias_kind, "(0x13) for component outer alias kind"},
      {6, "\x01\x01\0\0"s, 0, ErrorCode::bad_core_export_alias, "(0x1) for core instance export kind"},
      {6, "\0\x05\x01\0\0"s, 1, ErrorCode::bad_core_external_kind, "(0x5) for external kind"},
      {6, "\0\0\0\0\0"s, 1, ErrorCode::bad_external_kind, "(0x0) for component external kind"},
      {7, "\x3e", 0, ErrorCode::bad_defined_type, "(0x3e) for component defined type"},
      {7, "\x70\x41", 1, ErrorCode::bad_component_value_type, "(0x41) for component value type"},
      {7, "\x6a\x02", 1, ErrorCode::bad_optional_type, "(0x2) for optional component value type"},
      {7,
       "\x71\x01\x01"
       "a\0\x01"s,
       5, ErrorCode::bad_case_end, "(0x1) for zero byte required"},
      {7, "\x40\0\x02"s, 2, ErrorCode::bad_results, "(0x2) for component function results"},
      {7, "\x40\0\x01\x01"s, 3, ErrorCode::bad_result_count, "(0x1) for number of results"},
      {7, "\x3f\x7f\x02", 2, ErrorCode::bad_destructor, "(0x2) for resource destructor"},
      {7, "\x3f\x40\0"s, 1, ErrorCode::bad_core_value_type, "invalid value type (0x40)"},
      {7, "\x41\x01\x05", 2, ErrorCode::bad_declaration, "(0x5) for component or instance type declaration"},
      {7, "\x42\x01\x03", 2, ErrorCode::bad_declaration, "(0x3) for component or instance type declaration"},
      {8, "\x07", 0, ErrorCode::bad_canonical, "(0x7) for canonical function"},
      {8, "\x08", 0, ErrorCode::bad_canonical, "(0x8) for canonical function"},
      {8, "\x2e", 0, ErrorCode::bad_canonical, "(0x2e) for canonical function"},
      {8, "\x43", 0, ErrorCode::bad_canonical, "(0x43) for canonical function"},
      {8, "\0\x01\0\0\0"s, 1, ErrorCode::bad_canonical_lift, "(0x1) for canonical function lift"},
      {8, "\x01\x01\0\0"s, 1, ErrorCode::bad_canonical_lower, "(0x1) for canonical function lower"},
      {8, "\x01\0\0\x01\x0a"s, 4, ErrorCode::bad_canonical_option, "(0xa) for canonical option"},
      {8, "\x06\x02", 1, ErrorCode::invalid_boolean, "invalid boolean value"},
      {10,
       "\x03\x01"
       "a\x01\0"s,
       0, ErrorCode::bad_name_prefix, "(0x3) for component name"},
      {10,
       "\x02\x01"
       "a\x01\x03\0"s,
       4, ErrorCode::bad_name_attribute, "(0x3) for name option"},
      {10,
       "\0\x01"
       "a\x03\x02"s,
       4, ErrorCode::bad_type_bound, "(0x2) for type bound"},
      {10,
       "\0\x01"
       "a\x02\x41"s,
       4, ErrorCode::bad_value_bound, "(0x41) for value bound"},
      {10,
       "\0\x01"
       "a\x06\0"s,
       3, ErrorCode::bad_external_kind, "(0x6) for component external kind"},
      {11,
       "\0\x01"
       "e\x01\0\x02"s,
       5, ErrorCode::bad_export_type, "(0x2) for optional component export type"},
  };
  for (const auto& c : cases) expect_definition_error(c.section, c.definition, c.at, c.code, c.text);
}

TEST(ComponentReader, StartSectionErrors) {
  expect_error(preamble + section(9, "\0\0\xe9\x07"s), ErrorCode::bad_start_results, 12,
               "start function results size is out of bounds");
  expect_error(preamble + section(9, "\0\0\0\0"s), ErrorCode::bad_start_section, 13,
               "unexpected content in the component start section");
}

// --- partial results ---

TEST(ComponentReader, AnErrorComesWithEverythingReadBeforeIt) {
  const std::string inner = preamble + section(7, "\x02\x73\x3e");
  const std::string bytes = preamble + section(7, "\x01\x79") + section(4, inner);
  const ReadOutcome outcome = read_component_prefix(std::as_bytes(std::span(bytes)));
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(outcome.error->kind(), ErrorKind::invalid);
  EXPECT_EQ(outcome.error->offset(), bytes.size() - 1);
  EXPECT_FALSE(outcome.component.is_complete);
  ASSERT_EQ(outcome.component.definitions.size(), 2u);
  const auto& nested = *std::get<syntax::NestedComponent>(outcome.component.definitions[1].value).component;
  EXPECT_FALSE(nested.is_complete);
  EXPECT_EQ(nested.definitions.size(), 1u);
}

}  // namespace
}  // namespace holdfast::component
