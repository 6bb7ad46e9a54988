// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/check.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceType;
using component::InterfaceTypeId;
using component::InterfaceTypes;
using component::TypeKind;

/// Deeper parts and longer lists are cut: the text stands in error messages.
constexpr int max_depth = 3;
constexpr std::size_t max_items = 8;

void append(std::string& out, const InterfaceTypes& types, InterfaceTypeId id, int depth);

void append_optional(std::string& out, const InterfaceTypes& types, const std::optional<InterfaceTypeId>& id,
                     int depth) {
  if (id) {
    append(out, types, *id, depth);
  } else {
    out += '_';
  }
}

template <class Items, class Each>
void append_items(std::string& out, const Items& items, const Each& each) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) out += ", ";
    if (i == max_items) {
      out += "…";
      return;
    }
    each(items[i]);
  }
}

void append_fields(std::string& out, const InterfaceTypes& types, const InterfaceType& type, int depth) {
  append_items(out, type.fields, [&](const component::InterfaceField& field) {
    if (!field.name.empty()) out += field.name + ": ";
    append(out, types, field.type, depth);
  });
}

void append_cases(std::string& out, const InterfaceTypes& types, const InterfaceType& type, int depth) {
  append_items(out, type.cases, [&](const component::InterfaceCase& item) {
    out += item.name;
    if (!item.type) return;
    out += '(';
    append(out, types, *item.type, depth);
    out += ')';
  });
}

void append_result(std::string& out, const InterfaceTypes& types, const InterfaceType& type, int depth) {
  out += "result";
  if (!type.cases[0].type && !type.cases[1].type) return;
  out += '<';
  append_optional(out, types, type.cases[0].type, depth);
  if (type.cases[1].type) {
    out += ", ";
    append(out, types, *type.cases[1].type, depth);
  }
  out += '>';
}

void append(std::string& out, const InterfaceTypes& types, InterfaceTypeId id, int depth) {
  if (depth > max_depth) {
    out += "…";
    return;
  }
  const InterfaceType& type = types[id];
  switch (type.kind) {
    case TypeKind::list:
    case TypeKind::fixed_list:
      out += "list<";
      append(out, types, type.element, depth + 1);
      if (type.kind == TypeKind::fixed_list) out += ", " + std::to_string(type.length);
      out += '>';
      return;
    case TypeKind::map:
      out += "map<";
      append(out, types, type.key, depth + 1);
      out += ", ";
      append(out, types, type.element, depth + 1);
      out += '>';
      return;
    case TypeKind::record:
      out += "record {";
      append_fields(out, types, type, depth + 1);
      out += '}';
      return;
    case TypeKind::tuple:
      out += "tuple<";
      append_fields(out, types, type, depth + 1);
      out += '>';
      return;
    case TypeKind::variant:
    case TypeKind::enumeration:
      out += type.kind == TypeKind::variant ? "variant {" : "enum {";
      append_cases(out, types, type, depth + 1);
      out += '}';
      return;
    case TypeKind::option:
      out += "option<";
      append_optional(out, types, type.cases[1].type, depth + 1);
      out += '>';
      return;
    case TypeKind::result: append_result(out, types, type, depth + 1); return;
    case TypeKind::flags:
      out += "flags {";
      append_items(out, type.labels, [&out](const std::string& label) { out += label; });
      out += '}';
      return;
    default: out += component::name_of(type.kind); return;
  }
}

}  // namespace

std::string type_text(const InterfaceTypes& types, InterfaceTypeId type) {
  std::string out;
  append(out, types, type, 0);
  return out;
}

}  // namespace holdfast::abi
