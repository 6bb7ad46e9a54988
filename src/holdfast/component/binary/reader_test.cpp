// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each section and definition that a component may contain. What is refused is in reader_errors_test.cpp and
// reader_limits_test.cpp.
#include "holdfast/component/binary/reader.hpp"

#include <gtest/gtest.h>
#include <string>

#include "holdfast/component/binary/test_bytes.hpp"

namespace holdfast::component {
namespace {

using namespace std::string_literals;

/// Reads a component that consists of one section, and returns the only definition in it.
template <class T>
T read_definition(unsigned id, const std::string& contents) {
  auto component = read(preamble + section(id, contents));
  if (!component) {
    ADD_FAILURE() << component.error().message();
    return {};
  }
  EXPECT_EQ(component->definitions.size(), 1u);
  T* definition = std::get_if<T>(&component->definitions.at(0).value);
  EXPECT_NE(definition, nullptr);
  return definition == nullptr ? T{} : std::move(*definition);
}

template <class T>
T read_type(const std::string& contents) {
  const auto type = read_definition<syntax::Type>(7, "\x01" + contents);
  const T* value = std::get_if<T>(&type.value);
  EXPECT_NE(value, nullptr);
  return value == nullptr ? T{} : *value;
}

// --- preamble and sections ---

TEST(ComponentReader, EmptyComponent) {
  const auto component = read(preamble);
  ASSERT_TRUE(component.has_value());
  EXPECT_TRUE(component->definitions.empty());
  EXPECT_TRUE(component->is_complete);
  EXPECT_EQ(component->size, 8u);
}

TEST(ComponentReader, CustomSectionsAreKeptAsRanges) {
  const auto component = read(preamble +
                              section(0,
                                      "\x02hi"
                                      "abc") +
                              section(7, "\x01\x73") + section(0, "\x01z"));
  ASSERT_TRUE(component.has_value());
  ASSERT_EQ(component->custom_sections.size(), 2u);
  EXPECT_EQ(component->custom_sections[0].name, "hi");
  EXPECT_EQ(component->custom_sections[0].contents.offset, 13u);
  EXPECT_EQ(component->custom_sections[0].contents.size, 3u);
  EXPECT_EQ(component->custom_sections[1].definitions, 1u);
}

TEST(ComponentReader, TheNameSectionMayBeBroken) {
  const auto named = read(preamble + section(0,
                                             "\x0e"
                                             "component-name\0\x04\x03"
                                             "abc"s));
  ASSERT_TRUE(named.has_value());
  EXPECT_EQ(named->name, "abc");
  const auto broken = read(preamble + section(0,
                                              "\x0e"
                                              "component-name\xff\xfe\x01"));
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(broken->name, "");
}

TEST(ComponentReader, DefinitionsAreInFileOrderWithTheirOffsets) {
  const auto component =
      read(preamble + section(7, "\x02\x73\x70\0"s) + section(6, "\x01\x03\x02\0\0"s) + section(7, "\x01\x79"));
  ASSERT_TRUE(component.has_value());
  ASSERT_EQ(component->definitions.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<syntax::Type>(component->definitions[1].value));
  EXPECT_TRUE(std::holds_alternative<syntax::Alias>(component->definitions[2].value));
  EXPECT_EQ(component->definitions[0].offset, 11u);
  EXPECT_EQ(component->definitions[1].offset, 12u);
  EXPECT_EQ(component->definitions[2].offset, 17u);
}

TEST(ComponentReader, NestedComponentsHaveOffsetsInTheFile) {
  const auto nested = read_definition<syntax::NestedComponent>(4, preamble + section(7, "\x01\x73"));
  ASSERT_NE(nested.component, nullptr);
  EXPECT_EQ(nested.component->offset, 10u);
  EXPECT_EQ(nested.component->definitions.at(0).offset, 21u);
}

TEST(ComponentReader, CoreModulesHaveTheirInterface) {
  const auto module =
      read_definition<syntax::CoreModule>(1, core_preamble + section(1, "\x01\x60\0\0"s) + section(3, "\x01\0"s) +
                                                 section(7,
                                                         "\x01\x01"
                                                         "f\0\0"s));
  EXPECT_EQ(module.bytes.offset, 10u);
  EXPECT_EQ(module.interface.type_groups.size(), 1u);
  ASSERT_EQ(module.interface.exports.size(), 1u);
  EXPECT_EQ(module.interface.exports[0].name, "f");
}

// --- types ---

TEST(ComponentReader, EveryPrimitiveType) {
  for (const unsigned byte :
       {0x64u, 0x73u, 0x74u, 0x75u, 0x76u, 0x77u, 0x78u, 0x79u, 0x7au, 0x7bu, 0x7cu, 0x7du, 0x7eu, 0x7fu}) {
    EXPECT_EQ(static_cast<unsigned>(read_type<syntax::PrimitiveType>(std::string(1, static_cast<char>(byte)))), byte);
  }
}

TEST(ComponentReader, DefinedTypes) {
  const auto record = read_type<syntax::RecordType>(
      "\x72\x02\x01"
      "a\x79\x01"
      "b\x05"s);
  ASSERT_EQ(record.fields.size(), 2u);
  EXPECT_EQ(record.fields[0].label, "a");
  EXPECT_EQ(std::get<syntax::PrimitiveType>(record.fields[0].type.value), syntax::PrimitiveType::u32);
  EXPECT_EQ(std::get<syntax::TypeIndex>(record.fields[1].type.value).index, 5u);
  const auto variant = read_type<syntax::VariantType>(
      "\x71\x02\x01"
      "a\0\0\x01"
      "b\x01\x7f\0"s);
  ASSERT_EQ(variant.cases.size(), 2u);
  EXPECT_FALSE(variant.cases[0].type.has_value());
  EXPECT_TRUE(variant.cases[1].type.has_value());
  EXPECT_EQ(std::get<syntax::TypeIndex>(read_type<syntax::ListType>("\x70\xff\xff\x03").element.value).index, 0xffffu);
  EXPECT_EQ(read_type<syntax::FixedLengthListType>("\x67\x7d\x03").length, 3u);
  EXPECT_EQ(std::get<syntax::PrimitiveType>(read_type<syntax::MapType>("\x63\x73\x79").value.value),
            syntax::PrimitiveType::u32);
  EXPECT_EQ(read_type<syntax::TupleType>("\x6f\x02\x73\x79").elements.size(), 2u);
  EXPECT_EQ(read_type<syntax::FlagsType>("\x6e\x02\x01"
                                         "a\x01"
                                         "b")
                .labels.at(1)
                .label,
            "b");
  EXPECT_EQ(read_type<syntax::EnumType>("\x6d\x01\x01"
                                        "a")
                .labels.size(),
            1u);
  EXPECT_EQ(std::get<syntax::PrimitiveType>(read_type<syntax::OptionType>("\x6b\x74").element.value),
            syntax::PrimitiveType::character);
  const auto result = read_type<syntax::ResultType>("\x6a\0\x01\x73"s);
  EXPECT_FALSE(result.ok.has_value());
  EXPECT_TRUE(result.error.has_value());
  EXPECT_EQ(read_type<syntax::OwnType>("\x69\x07").resource, 7u);
  EXPECT_EQ(read_type<syntax::BorrowType>("\x68\x08").resource, 8u);
  EXPECT_TRUE(read_type<syntax::StreamType>("\x66\x01\x7d").element.has_value());
  EXPECT_FALSE(read_type<syntax::FutureType>("\x65\0"s).element.has_value());
}

TEST(ComponentReader, FunctionAndResourceTypes) {
  const auto function = read_type<syntax::FunctionType>(
      "\x40\x01\x01"
      "x\x79\0\x73"s);
  EXPECT_FALSE(function.is_async);
  EXPECT_EQ(function.parameters.at(0).label, "x");
  EXPECT_TRUE(function.result.has_value());
  EXPECT_TRUE(read_type<syntax::FunctionType>("\x43\0\x01\0"s).is_async);
  EXPECT_FALSE(read_type<syntax::FunctionType>("\x40\0\x01\0"s).result.has_value());
  EXPECT_EQ(read_type<syntax::ResourceTypeDefinition>("\x3f\x7f\x01\x04").destructor, 4u);
  EXPECT_EQ(read_type<syntax::ResourceTypeDefinition>("\x3f\x7e\0"s).representation.kind, wasm::CoreValueKind::i64);
}

TEST(ComponentReader, ComponentAndInstanceTypes) {
  const auto instance = read_type<syntax::InstanceType>(
      "\x42\x04\0\x60\0\0\x01\x73\x02\x03\x02\x01\0\x04\0\x01"
      "r\x03\x01"s);
  ASSERT_EQ(instance.declarations.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<syntax::CoreType>(instance.declarations[0].value));
  EXPECT_TRUE(std::holds_alternative<syntax::Type>(instance.declarations[1].value));
  EXPECT_EQ(std::get<syntax::Alias>(instance.declarations[2].value).outer_count, 1u);
  const auto& exported = std::get<syntax::ExportDeclaration>(instance.declarations[3].value);
  EXPECT_EQ(exported.type.kind, syntax::ExternKind::type);
  EXPECT_FALSE(exported.type.type_bound.equal.has_value());
  const auto component = read_type<syntax::ComponentType>(
      "\x41\x01\x03\0\x01"
      "i\x05\x02"s);
  const auto& imported = std::get<syntax::Import>(component.declarations.at(0).value);
  EXPECT_EQ(imported.name.name, "i");
  EXPECT_EQ(imported.type.kind, syntax::ExternKind::instance);
  EXPECT_EQ(imported.type.index, 2u);
}

TEST(ComponentReader, CoreTypes) {
  const auto function = read_definition<syntax::CoreType>(3, "\x01\x60\x01\x7f\0"s);
  EXPECT_EQ(std::get<wasm::CoreRecursionGroup>(function.value).types.size(), 1u);
  const auto open = read_definition<syntax::CoreType>(3, "\x01\0\x50\0\x60\0\0"s);
  EXPECT_FALSE(std::get<wasm::CoreRecursionGroup>(open.value).types.at(0).is_final);
  const auto module = read_definition<syntax::CoreType>(3,
                                                        "\x01\x50\x04\x01\x50\0\x60\0\0\x02\x10\x01\x01\x02\0\x01m\x01"
                                                        "f\0\0\x03\x01"
                                                        "e\x02\0\x01"s);
  const auto& declarations = std::get<syntax::ModuleType>(module.value).declarations;
  ASSERT_EQ(declarations.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<wasm::CoreRecursionGroup>(declarations[0].value));
  EXPECT_EQ(std::get<syntax::CoreOuterAlias>(declarations[1].value).index, 2u);
  EXPECT_EQ(std::get<wasm::CoreImport>(declarations[2].value).name, "f");
  EXPECT_TRUE(std::holds_alternative<wasm::CoreMemoryType>(std::get<wasm::CoreExport>(declarations[3].value).type));
}

// --- imports, exports, instances, aliases, start, values ---

TEST(ComponentReader, NamesWithAttributes) {
  const auto import = read_definition<syntax::Import>(10,
                                                      "\x01\x02\x01"
                                                      "a\x04\0\x05"
                                                      "x:y/z\x01\x02.5\x02\x01i\0\x01q\x01\0"s);
  EXPECT_EQ(import.name.name, "a");
  EXPECT_EQ(import.name.prefix, 2);
  ASSERT_EQ(import.name.attributes.size(), 4u);
  EXPECT_EQ(import.name.attributes[0].kind, syntax::AttributeKind::implements);
  EXPECT_EQ(import.name.attributes[0].value, "x:y/z");
  EXPECT_EQ(import.name.attributes[1].kind, syntax::AttributeKind::version_suffix);
  EXPECT_EQ(import.name.attributes[2].kind, syntax::AttributeKind::external_id);
  EXPECT_EQ(read_definition<syntax::Import>(10,
                                            "\x01\x01\x01"
                                            "a\x01\0"s)
                .name.prefix,
            1);
}

TEST(ComponentReader, ExternTypes) {
  using syntax::ExternKind;
  const auto read_import = [](const std::string& type) {
    return read_definition<syntax::Import>(10,
                                           "\x01\0\x01"
                                           "a"s +
                                               type)
        .type;
  };
  EXPECT_EQ(read_import("\0\x11\x03"s).kind, ExternKind::core_module);
  EXPECT_EQ(read_import("\x01\x03").kind, ExternKind::function);
  EXPECT_EQ(read_import("\x03\0\x03"s).type_bound.equal, 3u);
  EXPECT_EQ(read_import("\x04\x03").kind, ExternKind::component);
  EXPECT_EQ(read_import("\x05\x03").index, 3u);
  EXPECT_EQ(std::get<std::uint32_t>(read_import("\x02\0\x03"s).value_bound.value), 3u);
  EXPECT_TRUE(std::holds_alternative<syntax::ValueType>(read_import("\x02\x01\x73").value_bound.value));
}

TEST(ComponentReader, ValueBoundsMayBeBareTypes) {
  const auto import = read_definition<syntax::Import>(10,
                                                      "\x01\0\x01"
                                                      "a\x02\x73"s);
  const auto& type = std::get<syntax::ValueType>(import.type.value_bound.value);
  EXPECT_EQ(std::get<syntax::PrimitiveType>(type.value), syntax::PrimitiveType::string);
}

TEST(ComponentReader, Exports) {
  const auto plain = read_definition<syntax::Export>(11,
                                                     "\x01\0\x01"
                                                     "e\x05\x02\0"s);
  EXPECT_EQ(plain.item.sort, syntax::Sort::instance);
  EXPECT_EQ(plain.item.index, 2u);
  EXPECT_FALSE(plain.type.has_value());
  const auto ascribed = read_definition<syntax::Export>(11,
                                                        "\x01\0\x01"
                                                        "e\0\x11\x02\x01\0\x11\x04"s);
  EXPECT_EQ(ascribed.item.sort, syntax::Sort::core);
  ASSERT_TRUE(ascribed.type.has_value());
  EXPECT_EQ(ascribed.type->index, 4u);
}

TEST(ComponentReader, Instances) {
  const auto core = read_definition<syntax::CoreInstance>(2, "\x01\0\x01\x01\x01i\x12\x03"s);
  EXPECT_EQ(std::get<syntax::CoreInstantiate>(core.value).arguments.at(0).instance, 3u);
  const auto core_exports = read_definition<syntax::CoreInstance>(2,
                                                                  "\x01\x01\x01\x01"
                                                                  "f\x04\x03"s);
  EXPECT_EQ(std::get<syntax::CoreInlineExports>(core_exports.value).exports.at(0).sort, syntax::CoreSort::tag);
  const auto instance = read_definition<syntax::Instance>(5, "\x01\0\x01\x01\x01i\x03\x03"s);
  EXPECT_EQ(std::get<syntax::Instantiate>(instance.value).arguments.at(0).item.sort, syntax::Sort::type);
  const auto exports = read_definition<syntax::Instance>(5,
                                                         "\x01\x01\x01\0\x01"
                                                         "f\x01\x03"s);
  EXPECT_EQ(std::get<syntax::InlineExports>(exports.value).exports.at(0).name.name, "f");
}

TEST(ComponentReader, Aliases) {
  const auto exported = read_definition<syntax::Alias>(6,
                                                       "\x01\x01\0\x02\x01"
                                                       "f"s);
  EXPECT_EQ(exported.target, syntax::AliasTarget::instance_export);
  EXPECT_EQ(exported.instance, 2u);
  EXPECT_EQ(exported.name, "f");
  const auto core = read_definition<syntax::Alias>(6,
                                                   "\x01\0\x02\x01\x02\x01"
                                                   "f"s);
  EXPECT_EQ(core.core_sort, syntax::CoreSort::memory);
  const auto outer = read_definition<syntax::Alias>(6, "\x01\0\x10\x02\x01\x05"s);
  EXPECT_EQ(outer.core_sort, syntax::CoreSort::type);
  EXPECT_EQ(outer.outer_index, 5u);
}

TEST(ComponentReader, StartAndValues) {
  const auto start = read_definition<syntax::Start>(9, "\x02\x02\0\x01\x01"s);
  EXPECT_EQ(start.function, 2u);
  EXPECT_EQ(start.arguments, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(start.results, 1u);
  const auto value = read_definition<syntax::Value>(12, "\x01\x73\x03\x02hi");
  EXPECT_EQ(value.bytes_offset, 13u);
  EXPECT_EQ(value.bytes.size(), 3u);
}

// --- canonical definitions ---

TEST(ComponentReader, LiftAndLower) {
  const auto lift = read_definition<syntax::Canonical>(
      8, "\x01\0\0\x05\x0a\0\x01\x02\x03\x01\x04\x02\x05\x03\x06\x07\x04\x08\x05\x09\x06"s);
  EXPECT_EQ(lift.opcode, syntax::CanonicalOpcode::lift);
  EXPECT_EQ(lift.function, 5u);
  EXPECT_EQ(lift.type, 6u);
  ASSERT_EQ(lift.options.size(), 10u);
  EXPECT_EQ(lift.options[3].kind, syntax::CanonicalOptionKind::memory);
  EXPECT_EQ(lift.options[4].index, 2u);
  EXPECT_EQ(lift.options[8].kind, syntax::CanonicalOptionKind::core_type);
  EXPECT_EQ(read_definition<syntax::Canonical>(8, "\x01\x01\0\x05\0"s).opcode, syntax::CanonicalOpcode::lower);
}

/// One section with all built-ins: the reader reaches its end only if it reads the operands of each correctly.
TEST(ComponentReader, EveryBuiltIn) {
  const std::string built_ins[] = {
      "\x02\x01",
      "\x03\x01",
      "\x04\x01",
      "\x24",
      "\x25",
      "\x09\x01\0\0"s,
      "\x05",
      "\x0a\x7e\x01",
      "\x0b\x7f\x01",
      "\x06\x01",
      "\x0d",
      "\x0e\x01",
      "\x0f\x01\0"s,
      "\x10\x01\x01\x06",
      "\x11\x01\x01",
      "\x12\x01\0"s,
      "\x13\x01",
      "\x14\x01",
      "\x15\x01",
      "\x16\x01\0"s,
      "\x17\x01\0"s,
      "\x18\x01\0"s,
      "\x19\x01\x01",
      "\x1a\x01",
      "\x1b\x01",
      "\x1c\0"s,
      "\x1d\x01\x03\x01",
      "\x1e",
      "\x1f",
      "\x20\x01\x02",
      "\x21\0\x02"s,
      "\x22",
      "\x23",
      "\x26",
      "\x27\x01\x02",
      "\x28",
      "\x29\x01",
      "\x0c\0"s,
      "\x2a\x01",
      "\x2b\x01",
      "\x2c\x01",
      "\x2d\x01",
      "\x40\x01\x02",
      "\x41\x01\x02\x03",
      "\x42\0"s,
  };
  std::string contents = u32(std::size(built_ins));
  for (const std::string& built_in : built_ins) contents += built_in;
  const auto component = read(preamble + section(8, contents));
  ASSERT_TRUE(component.has_value()) << component.error().message();
  ASSERT_EQ(component->definitions.size(), std::size(built_ins));
  for (std::size_t i = 0; i < std::size(built_ins); ++i) {
    const auto& canonical = std::get<syntax::Canonical>(component->definitions[i].value);
    EXPECT_EQ(static_cast<char>(canonical.opcode), built_ins[i][0]);
  }
  const auto at = [&](std::size_t i) { return std::get<syntax::Canonical>(component->definitions[i].value); };
  EXPECT_EQ(at(7).context_type.kind, wasm::CoreValueKind::i64);
  EXPECT_EQ(at(7).context_slot, 1u);
  EXPECT_TRUE(at(9).is_async);
  EXPECT_EQ(at(13).options.at(0).kind, syntax::CanonicalOptionKind::async);
  EXPECT_TRUE(at(29).is_cancellable);
  EXPECT_EQ(at(29).memory, 2u);
  EXPECT_EQ(at(34).table, 2u);
  EXPECT_TRUE(at(42).is_shared);
  EXPECT_EQ(at(43).table, 3u);
}

TEST(ComponentReader, SpawnBuiltInsMayOmitTheSharedByte) {
  const auto component = read(preamble + section(8, "\x03\x40\x02\x41\x02\x03\x42"));
  ASSERT_TRUE(component.has_value()) << component.error().message();
  EXPECT_EQ(std::get<syntax::Canonical>(component->definitions.at(0).value).type, 2u);
  EXPECT_EQ(std::get<syntax::Canonical>(component->definitions.at(1).value).table, 3u);
}

}  // namespace
}  // namespace holdfast::component
