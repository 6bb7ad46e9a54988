// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/check.hpp"

#include <algorithm>
#include <optional>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/record_abi.hpp"
#include "holdfast/abi/scalar_abi.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/abi/val_payload.hpp"
#include "holdfast/abi/variant_abi.hpp"
#include "holdfast/component/program/wit_text.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceType;
using component::InterfaceTypeId;
using component::InterfaceTypes;
using component::TypeKind;

/// What is wrong and where; `path` has the steps to that place, the innermost first.
struct Mismatch {
  std::string message;
  std::vector<std::string> path;
  bool unsupported = false;
};
using Finding = std::optional<Mismatch>;  // nullopt: the value fits

Mismatch mismatch(std::string message) { return Mismatch{std::move(message), {}, false}; }

Finding at(std::string step, Finding finding) {
  if (finding) finding->path.push_back(std::move(step));
  return finding;
}

Mismatch wrong_kind(const InterfaceTypes& types, InterfaceTypeId type, const Val& value) {
  return mismatch("expected " + type_text(types, type) + ", got " + std::string(name_of(value.kind())));
}

Finding find(const InterfaceTypes& types, InterfaceTypeId id, const Val& value);

Finding find_in_string(const Val& value) {
  const auto& payload = *ValAccess::payload<StringPayload>(value);
  if (payload.text.size() > max_content_size && payload.origin == StringOrigin::utf8) {
    return mismatch("the string is too long: " + std::to_string(payload.text.size()) +
                    " bytes, the limit is 2^28 - 1 bytes");
  }
  if (const auto valid = check_utf8(payload.text); !valid) {
    return mismatch("the string is not valid UTF-8 (byte " + std::to_string(valid.error().detail) + ")");
  }
  return std::nullopt;
}

Finding find_in_list(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  const auto& elements = ValAccess::payload<ListPayload>(value)->elements;
  if (type.kind == TypeKind::fixed_list && elements.size() != type.length) {
    return mismatch("expected " + type_text(types, id) + ", got a list of " + std::to_string(elements.size()));
  }
  if (elements.size() > max_content_size / std::max(1U, types[type.element].size)) {
    return mismatch("the list is too long: its " + std::to_string(elements.size()) +
                    " elements need more than 2^28 - 1 bytes");
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (Finding finding = find(types, type.element, elements[i])) return at("element " + std::to_string(i), finding);
  }
  return std::nullopt;
}

Finding find_in_map(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  const auto& entries = ValAccess::payload<ListPayload>(value)->elements;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto step = [i] { return "entry " + std::to_string(i); };
    const auto pair = entries[i].as_tuple();
    if (!pair || pair->size() != 2) return at(step(), mismatch("expected a tuple of key and value"));
    if (Finding finding = find(types, type.key, (*pair)[0])) return at(step(), at("key", finding));
    if (Finding finding = find(types, type.element, (*pair)[1])) return at(step(), at("value", finding));
  }
  return std::nullopt;
}

Finding find_in_record(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  const auto& fields = ValAccess::payload<RecordPayload>(value)->fields;
  for (const ValField& field : fields) {
    const auto has_name = [&field](const component::InterfaceField& candidate) { return candidate.name == field.name; };
    if (std::ranges::none_of(type.fields, has_name)) return mismatch("the record has no field " + field.name);
  }
  for (const component::InterfaceField& field : type.fields) {
    const auto count = std::ranges::count(fields, field.name, &ValField::name);
    if (count != 1) return mismatch("field " + field.name + (count == 0 ? " is missing" : " appears more than once"));
  }
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const component::InterfaceField& field = type.fields[i];
    if (Finding finding = find(types, field.type, *member_of(type, value, i)))
      return at("field " + field.name, finding);
  }
  return std::nullopt;
}

Finding find_in_tuple(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  const auto& elements = ValAccess::payload<ListPayload>(value)->elements;
  if (elements.size() != type.fields.size()) {
    return mismatch("expected " + type_text(types, id) + ", got a tuple of " + std::to_string(elements.size()));
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (Finding finding = find(types, type.fields[i].type, elements[i]))
      return at("element " + std::to_string(i), finding);
  }
  return std::nullopt;
}

Finding find_in_variant(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  const std::optional<ChosenCase> chosen = case_of(type, value);
  if (!chosen) {
    return mismatch(ValAccess::payload<CasePayload>(value)->name + " is not a case of " + type_text(types, id));
  }
  const component::InterfaceCase& chosen_case = type.cases[chosen->index];
  if (!chosen_case.type) {
    if (chosen->payload) return mismatch("case " + chosen_case.name + " takes no payload");
    return std::nullopt;
  }
  if (!chosen->payload) return mismatch("case " + chosen_case.name + " needs a payload");
  if (Finding finding = find(types, *chosen_case.type, *chosen->payload))
    return at("case " + chosen_case.name, finding);
  return std::nullopt;
}

Finding find_in_flags(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const InterfaceType& type = types[id];
  for (const std::string& name : ValAccess::payload<FlagsPayload>(value)->names) {
    if (std::ranges::find(type.labels, name) == type.labels.end()) {
      return mismatch(name + " is not a label of " + type_text(types, id));
    }
  }
  return std::nullopt;
}

/// The kind of value that a type takes. A borrow takes an own too.
ValKind expected_kind(TypeKind kind, const Val& value) {
  switch (kind) {
    case TypeKind::string: return ValKind::string;
    case TypeKind::list:
    case TypeKind::fixed_list:
    case TypeKind::map: return ValKind::list;
    case TypeKind::record: return ValKind::record;
    case TypeKind::tuple: return ValKind::tuple;
    case TypeKind::variant: return ValKind::variant;
    case TypeKind::enumeration: return ValKind::enumeration;
    case TypeKind::option: return ValKind::option;
    case TypeKind::result: return ValKind::result;
    case TypeKind::flags: return ValKind::flags;
    case TypeKind::own: return ValKind::own;
    case TypeKind::borrow: return value.kind() == ValKind::own ? ValKind::own : ValKind::borrow;
    default: return val_kind(kind);
  }
}

Finding find(const InterfaceTypes& types, InterfaceTypeId id, const Val& value) {
  const TypeKind kind = types[id].kind;
  if (kind == TypeKind::error_context || kind == TypeKind::stream || kind == TypeKind::future) {
    return Mismatch{type_text(types, id) + " cannot be passed yet", {}, true};
  }
  if (value.kind() != expected_kind(kind, value)) return wrong_kind(types, id, value);
  switch (kind) {
    case TypeKind::character:
      if (is_scalar_value(static_cast<std::uint32_t>(ValAccess::bits(value)))) return std::nullopt;
      return mismatch("the char " + std::to_string(ValAccess::bits(value)) + " is not a Unicode scalar value");
    case TypeKind::string: return find_in_string(value);
    case TypeKind::list:
    case TypeKind::fixed_list: return find_in_list(types, id, value);
    case TypeKind::map: return find_in_map(types, id, value);
    case TypeKind::record: return find_in_record(types, id, value);
    case TypeKind::tuple: return find_in_tuple(types, id, value);
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return find_in_variant(types, id, value);
    case TypeKind::flags: return find_in_flags(types, id, value);
    default: return std::nullopt;
  }
}

HostResult<void> report(const Finding& finding) {
  if (!finding) return {};
  std::string text;
  for (auto step = finding->path.rbegin(); step != finding->path.rend(); ++step) {
    if (!text.empty()) text += ", ";
    text += *step;
  }
  if (!text.empty()) text += ": ";
  text += finding->message;
  if (finding->unsupported) {
    return std::unexpected(HostError(ErrorKind::unsupported, std::move(text)).with_code(ErrorCode::unsupported_value));
  }
  return std::unexpected(HostError(ErrorKind::misuse, std::move(text)).with_code(ErrorCode::value_type_mismatch));
}

}  // namespace

HostResult<void> check(const InterfaceTypes& types, InterfaceTypeId type, const Val& value) {
  return report(find(types, type, value));
}

HostResult<void> check_parameters(const InterfaceTypes& types, const component::FunctionType& function,
                                  std::span<const Val> arguments) {
  if (arguments.size() != function.parameters.size()) {
    return report(mismatch("expected " + std::to_string(function.parameters.size()) + " arguments, got " +
                           std::to_string(arguments.size())));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const component::FunctionParameter& parameter = function.parameters[i];
    const std::string step = "parameter " + std::to_string(i + 1) + " (" + parameter.name + ")";
    HOLDFAST_TRY(report(at(step, find(types, parameter.type, arguments[i]))));
  }
  return {};
}

HostResult<void> check_result(const InterfaceTypes& types, const component::FunctionType& function, const Val* result) {
  if (!function.result) return report(result ? Finding(mismatch("the function has no result")) : std::nullopt);
  if (!result) return report(mismatch("expected a result of type " + type_text(types, *function.result)));
  return report(at("result", find(types, *function.result, *result)));
}

}  // namespace holdfast::abi
