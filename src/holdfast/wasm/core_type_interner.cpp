// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/core_type_interner.hpp"

#include <utility>

#include "holdfast/core/assert.hpp"

namespace holdfast::wasm {
namespace {

/// Calls `visit(index)` for every type index in a type; `visit` may change it.
template <class Visit>
void visit_indices(CoreHeapType& heap, Visit& visit) {
  if (heap.kind != HeapKind::abstract) visit(heap.index);
}
template <class Visit>
void visit_indices(CoreValueType& value, Visit& visit) {
  if (value.kind == CoreValueKind::reference) visit_indices(value.reference.heap, visit);
}
template <class Visit>
void visit_indices(CoreCompositeType& composite, Visit& visit) {
  if (auto* function = std::get_if<CoreFunctionType>(&composite)) {
    for (CoreValueType& parameter : function->parameters) visit_indices(parameter, visit);
    for (CoreValueType& result : function->results) visit_indices(result, visit);
  } else if (auto* structure = std::get_if<CoreStructType>(&composite)) {
    for (CoreFieldType& field : structure->fields) visit_indices(field.value, visit);
  } else if (auto* array = std::get_if<CoreArrayType>(&composite)) {
    visit_indices(array->element.value, visit);
  } else if (auto* continuation = std::get_if<CoreContinuationType>(&composite)) {
    visit(continuation->function);
  }
}
template <class Visit>
void visit_indices(CoreSubType& type, Visit& visit) {
  if (type.supertype) visit(*type.supertype);
  if (type.describes) visit(*type.describes);
  if (type.descriptor) visit(*type.descriptor);
  visit_indices(type.composite, visit);
}
template <class Visit>
void visit_indices(CoreExternType& type, Visit& visit) {
  if (auto* function = std::get_if<CoreFunctionReference>(&type)) visit(function->type);
  if (auto* table = std::get_if<CoreTableType>(&type)) visit_indices(table->element.heap, visit);
  if (auto* global = std::get_if<CoreGlobalType>(&type)) visit_indices(global->content, visit);
  if (auto* tag = std::get_if<CoreTagType>(&type)) visit(tag->type);
}

/// Writes a group's types into a string that is equal for equal groups. Before this, indices of types of the group
/// itself are marked as members (with their place in it), all others are ids.
class KeyWriter {
 public:
  static constexpr std::uint32_t member_bit = std::uint32_t{1} << 31;

  std::string take() { return std::move(key_); }

  void add(const CoreSubType& type) {
    add_byte(type.is_final);
    add_byte(type.shared);
    for (const auto& index : {type.supertype, type.describes, type.descriptor}) {
      add_byte(index.has_value());
      if (index) add_number(*index);
    }
    add_byte(type.composite.index());
    if (const auto* function = std::get_if<CoreFunctionType>(&type.composite)) {
      add_list(function->parameters);
      add_list(function->results);
    } else if (const auto* structure = std::get_if<CoreStructType>(&type.composite)) {
      add_list(structure->fields);
    } else if (const auto* array = std::get_if<CoreArrayType>(&type.composite)) {
      add(array->element);
    } else if (const auto* continuation = std::get_if<CoreContinuationType>(&type.composite)) {
      add_number(continuation->function);
    }
  }

 private:
  void add(const CoreFieldType& field) {
    add_byte(std::to_underlying(field.packed));
    add_byte(field.is_mutable);
    add(field.value);
  }
  void add(const CoreValueType& value) {
    add_byte(std::to_underlying(value.kind));
    if (value.kind != CoreValueKind::reference) return;
    const CoreHeapType& heap = value.reference.heap;
    add_byte(value.reference.nullable);
    add_byte(std::to_underlying(heap.kind));
    if (heap.kind != HeapKind::abstract) {
      add_number(heap.index);
      return;
    }
    add_byte(std::to_underlying(heap.abstract));
    add_byte(heap.shared);
  }
  template <class T>
  void add_list(const std::vector<T>& list) {
    add_number(static_cast<std::uint32_t>(list.size()));
    for (const T& element : list) add(element);
  }
  void add_byte(std::size_t byte) { key_.push_back(static_cast<char>(byte)); }
  void add_number(std::uint32_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8) add_byte((number >> shift) & 0xff);
  }

  std::string key_;
};

}  // namespace

Result<std::vector<CoreTypeId>> CoreTypeInterner::intern(const CoreRecursionGroup& group,
                                                         std::span<const CoreTypeId> index_space) {
  const auto base = static_cast<std::uint32_t>(entries_.size());
  const auto size = static_cast<std::uint32_t>(group.types.size());
  std::vector<CoreSubType> members = group.types;
  std::optional<std::uint32_t> unknown;
  const auto mark = [&](std::uint32_t& index) {
    if (index < index_space.size()) {
      index = index_space[index].index();
    } else if (index - index_space.size() < size) {
      index = KeyWriter::member_bit | static_cast<std::uint32_t>(index - index_space.size());
    } else if (!unknown) {
      unknown = index;
    }
  };
  KeyWriter writer;
  for (std::uint32_t i = 0; i < size; ++i) {
    CoreSubType& member = members[i];
    // A supertype stands before its subtypes, so that walking up always ends.
    if (member.supertype && *member.supertype >= index_space.size() + i) unknown = *member.supertype;
    visit_indices(member, mark);
    if (unknown) return fail(ErrorCode::unknown_core_type, *unknown, static_cast<std::uint32_t>(member.offset));
    writer.add(member);
  }

  std::vector<CoreTypeId> ids;
  if (size == 0) return ids;
  std::string key = writer.take();
  const auto found = groups_.find(key);
  const std::uint32_t first = found == groups_.end() ? base : found->second;
  for (std::uint32_t i = 0; i < size; ++i) ids.emplace_back(first + i);
  if (found != groups_.end()) return ids;
  HOLDFAST_TRY(add_group(std::move(members)));
  groups_.emplace(std::move(key), base);
  return ids;
}

Result<void> CoreTypeInterner::add_group(std::vector<CoreSubType> members) {
  const auto base = static_cast<std::uint32_t>(entries_.size());
  const auto place = [base](std::uint32_t& index) {
    if ((index & KeyWriter::member_bit) != 0) index = base + (index & ~KeyWriter::member_bit);
  };
  for (CoreSubType& member : members) {
    visit_indices(member, place);
    const std::uint32_t depth = member.supertype ? entries_[*member.supertype].depth + 1 : 0;
    if (depth > most_supertypes) {
      const auto offset = static_cast<std::uint32_t>(member.offset);
      entries_.resize(base);
      return fail(ErrorCode::subtypes_too_deep, most_supertypes, offset);
    }
    entries_.push_back({std::move(member), depth});
  }
  return {};
}

Result<std::vector<CoreTypeId>> CoreTypeInterner::intern_all(std::span<const CoreRecursionGroup> groups) {
  std::vector<CoreTypeId> index_space;
  for (const CoreRecursionGroup& group : groups) {
    HOLDFAST_TRY_ASSIGN(const auto ids, intern(group, index_space));
    index_space.insert(index_space.end(), ids.begin(), ids.end());
  }
  return index_space;
}

CoreTypeId CoreTypeInterner::intern(const CoreFunctionType& function) {
  CoreRecursionGroup group;
  group.types.emplace_back().composite = function;
  const auto ids = intern(group, {});
  HOLDFAST_ASSERT(ids.has_value(), "the function type must not refer to types by index");
  return ids->front();
}

const CoreSubType& CoreTypeInterner::type(CoreTypeId id) const {
  HOLDFAST_ASSERT(id.index() < entries_.size(), "the id must be one of this interner");
  return entries_[id.index()].type;
}

const CoreFunctionType* CoreTypeInterner::function(CoreTypeId id) const {
  return std::get_if<CoreFunctionType>(&type(id).composite);
}

Result<CoreExternType> CoreTypeInterner::resolve(CoreExternType type, std::span<const CoreTypeId> index_space) const {
  std::optional<std::uint32_t> unknown;
  const auto replace = [&](std::uint32_t& index) {
    if (index < index_space.size()) {
      index = index_space[index].index();
    } else if (!unknown) {
      unknown = index;
    }
  };
  visit_indices(type, replace);
  if (unknown) return fail(ErrorCode::unknown_core_type, *unknown);
  return type;
}

}  // namespace holdfast::wasm
