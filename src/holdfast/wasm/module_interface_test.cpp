// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/module_interface.hpp"

#include <gtest/gtest.h>
#include <string>

namespace holdfast::wasm {
namespace {

using namespace std::string_literals;

const std::string preamble = "\0asm\x01\0\0\0"s;

std::string section(unsigned id, const std::string& contents) {
  return std::string{static_cast<char>(id), static_cast<char>(contents.size())} + contents;
}

Result<CoreModuleInterface> parse(const std::string& bytes, ReadBudget* budget = nullptr) {
  return parse_module_interface(std::as_bytes(std::span(bytes)), 0, budget);
}

void expect_error(const std::string& bytes, ErrorCode code, std::size_t offset) {
  const auto parsed = parse(bytes);
  ASSERT_FALSE(parsed.has_value()) << name_of(code);
  EXPECT_EQ(name_of(parsed.error().code), name_of(code));
  EXPECT_EQ(parsed.error().offset, offset) << name_of(code);
}

// Expects the error `code` at `type_offset` within `type`, the only entry of a type section.
void expect_type_error(const std::string& type, ErrorCode code, std::size_t type_offset) {
  expect_error(preamble + section(1, "\x01" + type), code, preamble.size() + 3 + type_offset);
}

TEST(ModuleInterface, EmptyModule) {
  const auto parsed = parse(preamble);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->imports.empty());
  EXPECT_TRUE(parsed->exports.empty());
}

TEST(ModuleInterface, ExportsHaveTheTypesOfTheirDefinitions) {
  const auto parsed = parse(preamble + section(1, "\x02\x60\0\0\x60\x02\x7f\x7b\x01\x7e"s) +  // two function types
                            section(2, "\x01\x01m\x01g\x03\x7d\x01"s) +                       // import a mutable f32
                            section(3, "\x01\x01"s) +                                         // a function of type 1
                            section(4, "\x01\x70\x01\x02\x08"s) +                             // table 2..8 funcref
                            section(5, "\x01\x05\x01\x10"s) +                                 // memory i64 1..16
                            section(13, "\x01\0\0"s) +                                        // a tag of type 0
                            section(6, "\x01\x7e\0\x42\x2a\x0b"s) +                           // i64 global 42
                            section(7,
                                    "\x06\x01"
                                    "f\0\0\x01t\x01\0\x01m\x02\0\x01g\x03\0\x01h\x03\x01\x01"
                                    "e\x04\0"s) +
                            section(10, "\x01\x02\0\x0b"s));
  ASSERT_TRUE(parsed.has_value()) << name_of(parsed.error().code) << " at " << parsed.error().offset;
  ASSERT_EQ(parsed->type_groups.size(), 2u);
  const auto& function = std::get<CoreFunctionType>(parsed->type_groups[1].types[0].composite);
  EXPECT_EQ(function.parameters, (std::vector<CoreValueType>{{CoreValueKind::i32, {}}, {CoreValueKind::v128, {}}}));
  EXPECT_EQ(function.results, (std::vector<CoreValueType>{{CoreValueKind::i64, {}}}));

  const CoreGlobalType imported{{CoreValueKind::f32, {}}, true, false};
  ASSERT_EQ(parsed->imports.size(), 1u);
  EXPECT_EQ(parsed->imports[0].module, "m");
  EXPECT_EQ(parsed->imports[0].name, "g");
  EXPECT_EQ(parsed->imports[0].type, CoreExternType(imported));

  ASSERT_EQ(parsed->exports.size(), 6u);
  EXPECT_EQ(parsed->exports[0].name, "f");
  EXPECT_EQ(parsed->exports[0].type, CoreExternType(CoreFunctionReference{1, false}));
  EXPECT_EQ(parsed->exports[1].type, CoreExternType(CoreTableType{{}, {2, 8, false, false}}));
  EXPECT_EQ(parsed->exports[2].type, CoreExternType(CoreMemoryType{{1, 16, true, false}, 16}));
  EXPECT_EQ(parsed->exports[3].type, CoreExternType(imported));
  EXPECT_EQ(parsed->exports[4].type, CoreExternType(CoreGlobalType{{CoreValueKind::i64, {}}, false, false}));
  EXPECT_EQ(parsed->exports[5].type, CoreExternType(CoreTagType{0}));
}

TEST(ModuleInterface, IsWholeIfTheModuleHasNothingElse) {
  const std::string types = section(1, "\x01\x60\0\0"s);
  const std::string memory_and_table = section(4, "\x01\x70\0\1"s) + section(5, "\x01\0\1"s);
  const auto is_whole = [](const std::string& sections) {
    const auto parsed = parse(preamble + sections);
    EXPECT_TRUE(parsed.has_value());
    return parsed && parsed->is_whole;
  };
  EXPECT_TRUE(is_whole(""));
  EXPECT_TRUE(is_whole(section(0, "\1x\0\0"s)));
  EXPECT_TRUE(is_whole(types + section(2, "\x03\0\x01g\3\x7f\0\0\x01m\2\0\1\0\x01t\1\x70\0\1"s)));
  EXPECT_TRUE(is_whole(memory_and_table + section(7, "\2\1m\2\0\1t\1\0"s)));
  EXPECT_FALSE(is_whole(memory_and_table + section(7, "\1\1m\2\0"s))) << "a table that is not exported";
  EXPECT_FALSE(is_whole(memory_and_table + section(7, "\2\1m\2\0\1n\2\0"s)));
  EXPECT_FALSE(is_whole(types + section(3, "\1\0"s) + section(10, "\1\2\0\x0b"s)));
  EXPECT_FALSE(is_whole(section(6, "\1\x7f\0\x41\0\x0b"s) + section(7, "\1\1g\3\0"s))) << "a value";
  EXPECT_FALSE(is_whole(section(4, "\1\x40\0\x70\0\1\xd0\x70\x0b"s) + section(7, "\1\1t\1\0"s))) << "a value";
  EXPECT_FALSE(is_whole(section(4, "\1\x64\x70\0\1"s) + section(7, "\1\1t\1\0"s))) << "needs a value";
  EXPECT_FALSE(is_whole(section(1, "\2\x50\0\x5f\0\x50\1\0\x5f\0"s))) << "a subtype, which only the engine checks";
}

TEST(ModuleInterface, RecursionGroupsAndReferences) {
  // (rec (type (sub (struct (field (mut (ref null 1))) (field i8)))) (type (sub final 0 (array (ref extern)))))
  const auto parsed =
      parse(preamble + section(1, "\x01\x4e\x02\x50\0\x5f\x02\x63\x01\x01\x78\0\x4f\x01\0\x5e\x64\x6f\0"s));
  ASSERT_TRUE(parsed.has_value()) << name_of(parsed.error().code);
  const auto& types = parsed->type_groups.at(0).types;
  ASSERT_EQ(types.size(), 2u);
  EXPECT_FALSE(types[0].is_final);
  const auto& fields = std::get<CoreStructType>(types[0].composite).fields;
  EXPECT_TRUE(fields[0].is_mutable);
  EXPECT_EQ(fields[0].value.reference.heap.kind, HeapKind::concrete);
  EXPECT_EQ(fields[0].value.reference.heap.index, 1u);
  EXPECT_EQ(fields[1].packed, PackedKind::i8);
  EXPECT_EQ(types[1].supertype, 0u);
  EXPECT_FALSE(std::get<CoreArrayType>(types[1].composite).element.value.reference.nullable);
}

TEST(ModuleInterface, TypesOfUnfinishedProposals) {
  const auto parsed = parse(preamble + section(1,
                                               "\x04\x65\x60\x01\x65\x6e\0"  // shared function of (shared any)
                                               "\x4c\x01\x4d\x02\x5f\0"      // descriptors
                                               "\x5d\0"                      // continuation
                                               "\x60\x01\x64\x62\x01\0"s));  // (ref (exact 1))
  ASSERT_TRUE(parsed.has_value()) << name_of(parsed.error().code) << " at " << parsed.error().offset;
  EXPECT_TRUE(parsed->type_groups[0].types[0].shared);
  EXPECT_EQ(parsed->type_groups[1].types[0].describes, 1u);
  EXPECT_EQ(parsed->type_groups[1].types[0].descriptor, 2u);
  EXPECT_EQ(std::get<CoreContinuationType>(parsed->type_groups[2].types[0].composite).function, 0u);
  const auto& exact = std::get<CoreFunctionType>(parsed->type_groups[3].types[0].composite).parameters[0];
  EXPECT_EQ(exact.reference.heap.kind, HeapKind::exact);
}

TEST(ModuleInterface, GroupedImportsAreExpanded) {
  const auto parsed = parse(preamble + section(2,
                                               "\x02\x01m\0\x7f\x02\x01"
                                               "a\0\0\x01"
                                               "b\x03\x7f\0"  // names, types
                                               "\x01n\0\x7e\0\x05\x02\x01"
                                               "c\x01"
                                               "d"s));  // names, one type
  ASSERT_TRUE(parsed.has_value()) << name_of(parsed.error().code) << " at " << parsed.error().offset;
  ASSERT_EQ(parsed->imports.size(), 4u);
  EXPECT_EQ(parsed->imports[1].module, "m");
  EXPECT_EQ(parsed->imports[1].name, "b");
  EXPECT_EQ(parsed->imports[3].name, "d");
  EXPECT_EQ(parsed->imports[3].type, CoreExternType(CoreFunctionReference{5, false}));
}

TEST(ModuleInterface, InitialValuesAreSkipped) {
  const std::string expressions[] = {
      "\x41\x80\x01\x0b"s,
      "\x41\x01\x41\x02\x6a\x0b"s,
      "\x42\x7f\x0b"s,
      "\x43\x0b\x0b\x0b\x0b\x0b"s,
      "\x44\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"s,
      "\xfd\x0c\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"s,
      "\x23\x0b\x0b"s,
      "\xd2\x0b\x0b"s,
      "\xd0\x70\x0b"s,
      "\x41\x0b\xfb\x1c\x0b"s,
      "\xfb\x01\x0b\x0b"s,
      "\x41\x0b\xfb\x08\x0b\x01\x0b"s,
  };
  for (const std::string& expression : expressions) {
    const auto parsed = parse(preamble + section(6, "\x02\x7f\0"s + expression + "\x7e\x01\x42\0\x0b"s) +
                              section(7, "\x01\x01g\x03\x01"s));
    ASSERT_TRUE(parsed.has_value()) << name_of(parsed.error().code) << " at " << parsed.error().offset;
    EXPECT_EQ(parsed->exports[0].type, CoreExternType(CoreGlobalType{{CoreValueKind::i64, {}}, true, false}));
  }
  const auto table = parse(preamble + section(4, "\x01\x40\0\x64\x70\0\x01\xd2\0\x0b"s));
  EXPECT_TRUE(table.has_value());
}

TEST(ModuleInterface, OtherPreamblesAreRefused) {
  expect_error("", ErrorCode::unexpected_end, 0);
  expect_error("\0asm\x01\0"s, ErrorCode::unexpected_end, 6);
  expect_error("\0asn"s, ErrorCode::bad_magic, 3);
  expect_error("\0asm\x0d\0\x01\0"s, ErrorCode::expected_module_header, 4);
}

TEST(ModuleInterface, Sections) {
  expect_error(preamble + section(14, ""), ErrorCode::malformed_section_id, 8);
  expect_error(preamble + section(3, "\0"s) + section(1, "\0"s), ErrorCode::section_out_of_order, 11);
  expect_error(preamble + section(1, "\0"s) + section(1, "\0"s), ErrorCode::section_out_of_order, 11);
  expect_error(preamble + section(6, "\0"s) + section(13, "\0"s), ErrorCode::section_out_of_order, 11);
  expect_error(preamble + section(10, "\0"s) + section(12, "\0"s), ErrorCode::section_out_of_order, 11);
  EXPECT_TRUE(parse(preamble + section(12, "\0"s) + section(10, "\0"s)).has_value());
  expect_error(preamble + section(1, "\0\0"s), ErrorCode::section_size_mismatch, 11);
  expect_error(preamble + "\x01\x05\0"s, ErrorCode::unexpected_end, 11);
  expect_error(preamble + section(1, "\xff\xff\xff\xff\x0f"), ErrorCode::unexpected_end, 15);
  expect_error(preamble + section(0, "\x02h"), ErrorCode::unexpected_end, 12);
}

TEST(ModuleInterface, MalformedTypes) {
  expect_type_error("\x61", ErrorCode::bad_core_type, 0);
  expect_type_error("\x50\x02\0\0\x60\0\0"s, ErrorCode::multiple_supertypes, 0);
  expect_type_error("\x60\x01\x61", ErrorCode::bad_core_value_type, 2);
  expect_type_error("\x60\x01\x64\x41", ErrorCode::bad_core_heap_type, 3);
  expect_type_error("\x60\x01\x65\x41", ErrorCode::bad_core_reference_type, 3);
  expect_type_error("\x60\x01\x63\xff\x7f", ErrorCode::bad_core_heap_type, 3);
  expect_type_error("\x5e\x7f\x02", ErrorCode::bad_core_mutability, 2);
  expect_type_error("\x5d\x7f", ErrorCode::bad_core_continuation, 1);
}

TEST(ModuleInterface, MalformedDefinitions) {
  expect_error(preamble + section(2, "\x01\0\0\x05"s), ErrorCode::bad_core_external_kind, 13);
  expect_error(preamble + section(4, "\x01\x7f\0\0"s), ErrorCode::bad_core_reference_type, 11);
  expect_error(preamble + section(4, "\x01\x70\x08\0"s), ErrorCode::bad_core_table_flags, 12);
  expect_error(preamble + section(4, "\x01\x40\x01\x70\0\0"s), ErrorCode::bad_core_table, 12);
  expect_error(preamble + section(5, "\x01\x10\0"s), ErrorCode::bad_core_memory_flags, 11);
  expect_error(preamble + section(5, "\x01\x08\0\x40"s), ErrorCode::bad_core_page_size, 13);
  expect_error(preamble + section(13, "\x01\x01\0"s), ErrorCode::bad_core_tag, 11);
  expect_error(preamble + section(6, "\x01\x7f\x04"s), ErrorCode::bad_core_global_flags, 12);
  expect_error(preamble + section(6, "\x01\x7f\0\x10\0\x0b"s), ErrorCode::not_constant, 13);
  expect_error(preamble + section(6, "\x01\x7f\0\xfb\x02\x0b"s), ErrorCode::not_constant, 14);
  expect_error(preamble + section(6, "\x01\x7f\0\xfd\x0d\x0b"s), ErrorCode::not_constant, 14);
  expect_error(preamble + section(7, "\x01\x01x\x05\0"s), ErrorCode::bad_core_external_kind, 13);
  expect_error(preamble + section(7, "\x01\x01x\0\0"s), ErrorCode::unknown_core_index, 14);
}

TEST(ModuleInterface, ElementsAreTakenFromTheBudget) {
  const std::string module = preamble + section(1, "\x02\x60\0\0\x60\0\0"s);
  ReadBudget enough{.items = 2};
  EXPECT_TRUE(parse(module, &enough).has_value());
  EXPECT_EQ(enough.items, 0u);
  ReadBudget less{.items = 1};
  const auto parsed = parse(module, &less);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::too_many_items);
}

TEST(ModuleInterface, GroupedImportsTakeFromTheBudgetForEachCopyOfTheModuleName) {
  const std::string name(100, 'm');
  const std::string module = preamble + section(2, "\x01" + ("\x64" + name) + "\0\x7e\0\0\x03\0\0\0"s);
  ReadBudget enough{.items = 7};
  EXPECT_TRUE(parse(module, &enough).has_value());
  ReadBudget less{.items = 6};
  EXPECT_FALSE(parse(module, &less).has_value());
}

TEST(ModuleInterface, EveryPrefixOfAModuleIsReadSafely) {
  const std::string module = preamble + section(1, "\x01\x60\x01\x7f\0"s) + section(3, "\x01\0"s) +
                             section(6, "\x01\x7f\0\x41\x01\x0b"s) +
                             section(7,
                                     "\x01\x01"
                                     "f\0\0"s);
  ASSERT_TRUE(parse(module).has_value());
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < module.size(); ++size)
    accepted += parse(module.substr(0, size)).has_value() ? 1 : 0;
  EXPECT_EQ(accepted, 4u);  // the ends of the preamble and of three sections
}

}  // namespace
}  // namespace holdfast::wasm
