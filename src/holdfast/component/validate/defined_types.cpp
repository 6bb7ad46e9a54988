// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Value types: members must exist, labels must differ and be in kebab case, and sizes must stay within limits.
#include <utility>
#include <variant>

#include "holdfast/component/validate/primitive_kind.hpp"
#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

/// The size of the largest value in bytes, with 64-bit pointers. CanonicalABI.md, "Element Size".
constexpr std::uint64_t max_value_size = (std::uint64_t{1} << 28) - 1;
constexpr std::size_t max_flags = 32;
/// The most elements of a fixed-length list; the public implementations share this limit.
constexpr std::uint32_t max_fixed_list = std::uint32_t{1} << 30;

/// Whether a type of this kind may be the key of a map. Explainer.md, "Type Definitions", <keytype>.
bool is_key_kind(TypeKind kind) {
  return is_primitive(kind) && kind != TypeKind::f32 && kind != TypeKind::f64 && kind != TypeKind::error_context;
}

}  // namespace

HostResult<types::NameId> Validator::label(const std::string& text, std::string_view kind, std::size_t offset) {
  if (text.empty()) return refuse_at(offset, Cause::name_empty, {kind});
  if (!is_kebab_case(text)) return refuse_at(offset, Cause::name_not_kebab, {kind, text});
  return engine_.names().intern(text);
}

HostResult<types::ValueTypeRef> Validator::primitive_type(syntax::PrimitiveType type, std::size_t offset) {
  if (type == syntax::PrimitiveType::error_context)
    HOLDFAST_TRY(require(features_.error_context, Cause::error_context_disabled, offset, {"error-context"}));
  return types::TypeEngine::primitive(kind_of(type));
}

HostResult<types::ValueTypeRef> Validator::value_type(const syntax::ValueType& type) {
  if (const auto* primitive = std::get_if<syntax::PrimitiveType>(&type.value))
    return primitive_type(*primitive, type.offset);
  return current().value_type_at(std::get<syntax::TypeIndex>(type.value).index, type.offset);
}

HostResult<types::ValueTypeRef> Validator::optional_value_type(const std::optional<syntax::ValueType>& type) {
  if (!type) return types::ValueTypeRef{};
  return value_type(*type);
}

HostResult<void> Validator::check_facts(const types::TypeFacts& facts, std::size_t offset) const {
  if (facts.is_too_large()) return refuse_at(offset, Cause::type_too_large, {number(types::max_type_size)});
  if (facts.is_too_deep_in_total()) return refuse_at(offset, Cause::type_too_deep);
  return {};
}

HostResult<types::DefinedTypeId> Validator::add_defined(types::DefinedType type, std::size_t offset) {
  const types::DefinedTypeId id = engine_.add(std::move(type));
  HOLDFAST_TRY(check_facts(engine_.facts(id), offset));
  if (engine_.facts(id).is_too_deep()) return refuse_at(offset, Cause::type_too_deep);
  if (engine_.layout(id).wide.size > max_value_size)
    return refuse_at(offset, Cause::value_too_large, {number(max_value_size)});
  return id;
}

HostResult<types::DefinedType> Validator::make(const syntax::RecordType& type, std::size_t offset) {
  if (type.fields.empty()) return refuse_at(offset, Cause::record_empty);
  types::DefinedType node{.kind = TypeKind::record};
  LabelSet labels;
  for (const syntax::LabelledType& field : type.fields) {
    HOLDFAST_TRY_ASSIGN(const types::NameId name, label(field.label, "record field", field.offset));
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef member, value_type(field.type));
    if (const auto* previous = labels.add(field.label))
      return refuse_at(field.offset, Cause::label_conflict, {"record field", field.label, "field", *previous});
    node.labels.push_back(name);
    node.members.push_back(member);
  }
  return node;
}

HostResult<types::DefinedType> Validator::make(const syntax::VariantType& type, std::size_t offset) {
  if (type.cases.empty()) return refuse_at(offset, Cause::variant_empty);
  types::DefinedType node{.kind = TypeKind::variant};
  LabelSet labels;
  for (const syntax::Case& case_ : type.cases) {
    HOLDFAST_TRY_ASSIGN(const types::NameId name, label(case_.label, "variant case", case_.offset));
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef member, optional_value_type(case_.type));
    if (const auto* previous = labels.add(case_.label))
      return refuse_at(case_.offset, Cause::label_conflict, {"variant case", case_.label, "case", *previous});
    node.labels.push_back(name);
    node.members.push_back(member);
  }
  return node;
}

HostResult<types::DefinedType> Validator::make(const syntax::ListType& type, std::size_t) {
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef element, value_type(type.element));
  return types::DefinedType{.kind = TypeKind::list, .members = {element}};
}

HostResult<types::DefinedType> Validator::make(const syntax::FixedLengthListType& type, std::size_t offset) {
  HOLDFAST_TRY(require(features_.fixed_length_lists, Cause::fixed_length_lists_disabled, offset));
  if (type.length == 0) return refuse_at(offset, Cause::fixed_list_empty);
  if (type.length > max_fixed_list) return refuse_at(offset, Cause::fixed_list_too_long, {number(max_fixed_list)});
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef element, value_type(type.element));
  return types::DefinedType{.kind = TypeKind::fixed_list, .length = type.length, .members = {element}};
}

HostResult<types::DefinedType> Validator::make(const syntax::MapType& type, std::size_t offset) {
  HOLDFAST_TRY(require(features_.map, Cause::map_disabled, offset));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef key, value_type(type.key));
  const TypeKind key_kind = engine_[key.structure].kind;
  if (!is_key_kind(key_kind)) return refuse_at(offset, Cause::map_key, {name_of(key_kind)});
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef value, value_type(type.value));
  return types::DefinedType{.kind = TypeKind::map, .members = {key, value}};
}

HostResult<types::DefinedType> Validator::make(const syntax::TupleType& type, std::size_t offset) {
  if (type.elements.empty()) return refuse_at(offset, Cause::tuple_empty);
  types::DefinedType node{.kind = TypeKind::tuple};
  for (const syntax::ValueType& element : type.elements) {
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef member, value_type(element));
    node.members.push_back(member);
  }
  return node;
}

HostResult<types::DefinedType> Validator::make(const syntax::FlagsType& type, std::size_t offset) {
  if (type.labels.empty()) return refuse_at(offset, Cause::flags_empty);
  if (type.labels.size() > max_flags) return refuse_at(offset, Cause::too_many_flags);
  types::DefinedType node{.kind = TypeKind::flags};
  LabelSet labels;
  for (const syntax::Label& flag : type.labels) {
    HOLDFAST_TRY_ASSIGN(const types::NameId name, label(flag.label, "flag", flag.offset));
    if (const auto* previous = labels.add(flag.label))
      return refuse_at(flag.offset, Cause::label_conflict, {"flag", flag.label, "flag", *previous});
    node.labels.push_back(name);
  }
  return node;
}

HostResult<types::DefinedType> Validator::make(const syntax::EnumType& type, std::size_t offset) {
  if (type.labels.empty()) return refuse_at(offset, Cause::enum_empty);
  types::DefinedType node{.kind = TypeKind::enumeration};
  LabelSet labels;
  for (const syntax::Label& tag : type.labels) {
    HOLDFAST_TRY_ASSIGN(const types::NameId name, label(tag.label, "enum tag", tag.offset));
    if (const auto* previous = labels.add(tag.label))
      return refuse_at(tag.offset, Cause::label_conflict, {"enum tag", tag.label, "tag", *previous});
    node.labels.push_back(name);
  }
  return node;
}

HostResult<types::DefinedType> Validator::make(const syntax::OptionType& type, std::size_t) {
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef element, value_type(type.element));
  return types::DefinedType{.kind = TypeKind::option, .members = {element}};
}

HostResult<types::DefinedType> Validator::make(const syntax::ResultType& type, std::size_t) {
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef ok, optional_value_type(type.ok));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef error, optional_value_type(type.error));
  return types::DefinedType{.kind = TypeKind::result, .members = {ok, error}};
}

HostResult<types::DefinedType> Validator::make(const syntax::OwnType& type, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ResourceRef resource, current().resource_at(type.resource, offset));
  return types::DefinedType{.kind = TypeKind::own, .resource = resource};
}

HostResult<types::DefinedType> Validator::make(const syntax::BorrowType& type, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ResourceRef resource, current().resource_at(type.resource, offset));
  return types::DefinedType{.kind = TypeKind::borrow, .resource = resource};
}

HostResult<types::DefinedType> Validator::make(const syntax::StreamType& type, std::size_t offset) {
  HOLDFAST_TRY(require(features_.async, Cause::type_needs_async, offset, {"stream"}));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef element, optional_value_type(type.element));
  if (element.is_present() && engine_[element.structure].kind == TypeKind::character)
    return refuse_at(offset, Cause::stream_of_char);
  HOLDFAST_TRY(check_delivered(element, "stream", offset));
  return types::DefinedType{.kind = TypeKind::stream, .members = {element}};
}

HostResult<types::DefinedType> Validator::make(const syntax::FutureType& type, std::size_t offset) {
  HOLDFAST_TRY(require(features_.async, Cause::type_needs_async, offset, {"future"}));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef element, optional_value_type(type.element));
  HOLDFAST_TRY(check_delivered(element, "future", offset));
  return types::DefinedType{.kind = TypeKind::future, .members = {element}};
}

/// A stream or future may deliver its elements after the call that lends a handle has ended, so elements must not
/// contain a borrow.
HostResult<void> Validator::check_delivered(const types::ValueTypeRef& element, std::string_view kind,
                                            std::size_t offset) {
  if (element.is_present() && engine_.facts(element.structure).contains_borrow)
    return refuse_at(offset, Cause::borrow_delivered_later, {kind});
  return {};
}

}  // namespace holdfast::component::validation
