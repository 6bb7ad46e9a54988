// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/testing/random_value.hpp"

#include <bit>
#include <iterator>

namespace holdfast::abi::testing {

using component::InterfaceType;
using component::InterfaceTypeId;
using component::InterfaceTypes;
using component::TypeKind;

namespace {

void append_utf8(std::string& out, char32_t c) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xc0 | c >> 6);
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

std::string label(std::uint32_t index) { return std::string("n").append(std::to_string(index)); }

}  // namespace

char32_t RandomValues::character() {
  static constexpr char32_t edges[] = {0,     0x7f,   0x80,   0xff,   0x100,   0x7ff,
                                       0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
  switch (below(6)) {
    case 0: return static_cast<char32_t>(below(0x80));
    case 1: return static_cast<char32_t>(0x80 + below(0x80));
    case 2: return static_cast<char32_t>(0x100 + below(0xd700));
    case 3: return static_cast<char32_t>(0xe000 + below(0x2000));
    case 4: return static_cast<char32_t>(0x10000 + below(0x100000));
    default: return edges[below(std::size(edges))];
  }
}

std::string RandomValues::text() {
  std::string result;
  const std::uint32_t kind = below(3);  // ASCII, Latin-1, anything
  for (std::uint32_t left = below(20); left != 0; --left) {
    append_utf8(result, kind == 0 ? below(0x80) : kind == 1 ? below(0x100) : character());
  }
  return result;
}

InterfaceTypeId RandomValues::type(TypeBuilder& builder, int depth) {
  const auto part = [&] { return type(builder, depth - 1); };
  const auto maybe = [&]() -> TypeBuilder::OptionalId {
    if (below(3) == 0) return std::nullopt;
    return part();
  };
  const std::uint32_t count = 1 + below(4);
  switch (depth == 0 ? 0 : below(13)) {
    case 4: return builder.list(part());
    case 5: return builder.fixed_list(part(), count);
    case 6: return builder.map(part(), part());
    case 7: {
      TypeBuilder::NamedTypes fields;
      for (std::uint32_t i = 0; i < count; ++i) fields.emplace_back(label(i), part());
      return builder.record(std::move(fields));
    }
    case 8: {
      std::vector<InterfaceTypeId> elements;
      for (std::uint32_t i = 0; i < count; ++i) elements.push_back(part());
      return builder.tuple(std::move(elements));
    }
    case 9: {
      TypeBuilder::Cases cases;
      const std::uint32_t extra = below(8) == 0 ? 300 : 0;
      for (std::uint32_t i = 0; i < count + extra; ++i)
        cases.emplace_back(label(i), i < count ? maybe() : std::nullopt);
      return builder.variant(std::move(cases));
    }
    case 10: return builder.option(part());
    case 11: return builder.result(maybe(), maybe());
    case 12: {
      std::vector<std::string> labels;
      for (std::uint32_t i = below(32) + 1; i != 0; --i) labels.push_back(label(i));
      return below(2) == 0 ? builder.flags(std::move(labels)) : builder.enumeration(std::move(labels));
    }
    default: return builder.simple(static_cast<TypeKind>(below(static_cast<std::uint32_t>(TypeKind::string) + 1)));
  }
}

Val RandomValues::scalar(TypeKind kind) {
  // A quarter of the numbers are 0, 1 or all ones.
  const std::uint64_t number = below(4) == 0 ? below(3) - std::uint64_t{1} : bits();
  switch (kind) {
    case TypeKind::boolean: return Val::boolean((number & 1) != 0);
    case TypeKind::s8: return Val::s8(static_cast<std::int8_t>(number));
    case TypeKind::u8: return Val::u8(static_cast<std::uint8_t>(number));
    case TypeKind::s16: return Val::s16(static_cast<std::int16_t>(number));
    case TypeKind::u16: return Val::u16(static_cast<std::uint16_t>(number));
    case TypeKind::s32: return Val::s32(static_cast<std::int32_t>(number));
    case TypeKind::u32: return Val::u32(static_cast<std::uint32_t>(number));
    case TypeKind::s64: return Val::s64(static_cast<std::int64_t>(number));
    case TypeKind::u64: return Val::u64(number);
    case TypeKind::f32: return Val::f32(std::bit_cast<float>(static_cast<std::uint32_t>(number)));
    case TypeKind::f64: return Val::f64(std::bit_cast<double>(number));
    case TypeKind::character: return Val::character(character());
    default: return Val::string(text());
  }
}

std::vector<Val> RandomValues::elements(const InterfaceTypes& types, InterfaceTypeId type, std::uint32_t count) {
  std::vector<Val> result;
  for (std::uint32_t i = 0; i < count; ++i) result.push_back(value(types, type));
  return result;
}

Val RandomValues::case_value(const InterfaceTypes& types, const InterfaceType& type) {
  const std::uint32_t index = below(static_cast<std::uint32_t>(type.cases.size()));
  std::optional<Val> payload;
  if (type.cases[index].type) payload = value(types, *type.cases[index].type);
  switch (type.kind) {
    case TypeKind::option: return Val::option(std::move(payload));
    case TypeKind::result: return Val::result(index == 0, std::move(payload));
    case TypeKind::enumeration: return Val::enumeration(type.cases[index].name);
    default: return Val::variant(type.cases[index].name, std::move(payload));
  }
}

Val RandomValues::value(const InterfaceTypes& types, InterfaceTypeId id) {
  const InterfaceType& type = types[id];
  switch (type.kind) {
    case TypeKind::list: return Val::list(elements(types, type.element, below(5)));
    case TypeKind::fixed_list: return Val::list(elements(types, type.element, type.length));
    case TypeKind::map: {
      std::vector<Val> entries;
      for (std::uint32_t left = below(4); left != 0; --left) {
        Val key = value(types, type.key);
        entries.push_back(Val::tuple({std::move(key), value(types, type.element)}));
      }
      return Val::list(std::move(entries));
    }
    case TypeKind::record: {
      std::vector<ValField> fields;
      for (const auto& field : type.fields) fields.push_back({field.name, value(types, field.type)});
      return Val::record(std::move(fields));
    }
    case TypeKind::tuple: {
      std::vector<Val> parts;
      for (const auto& field : type.fields) parts.push_back(value(types, field.type));
      return Val::tuple(std::move(parts));
    }
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return case_value(types, type);
    case TypeKind::flags: {
      std::vector<std::string> names;
      for (const std::string& name : type.labels) {
        if (below(2) == 0) names.push_back(name);
      }
      return Val::flags(std::move(names));
    }
    default: return scalar(type.kind);
  }
}

}  // namespace holdfast::abi::testing
