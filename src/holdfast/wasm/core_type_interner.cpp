// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/core_type_interner.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "holdfast/core/assert.hpp"

namespace holdfast::wasm {
namespace {

// Calls `visit(index)` for every type index in a type; `visit` may change the index.
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

// Writes the types of a group into a string that is equal for equal groups. An index of a type in the group is written
// as its position in the group; every other index is written as an id.
class KeyWriter {
 public:
  /// `index_space` holds the types before the group; the group has `size` types.
  KeyWriter(std::string& key, std::span<const CoreTypeId> index_space, std::uint32_t size)
      : key_(key), index_space_(index_space), size_(size) {
    key_.clear();
  }

  /// Whether an index was past the group's own types, and the first such index.
  bool has_unknown() const { return has_unknown_; }
  std::uint32_t unknown() const { return unknown_; }

  void add(const CoreSubType& type) {
    add_byte(type.is_final);
    add_byte(type.shared);
    for (const auto& index : {type.supertype, type.describes, type.descriptor}) {
      add_byte(index.has_value());
      if (index) add_index(*index);
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
      add_index(continuation->function);
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
      add_index(heap.index);
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
  void add_index(std::uint32_t index) {
    constexpr std::uint32_t member_bit = std::uint32_t{1} << 31;
    if (index < index_space_.size()) {
      add_number(index_space_[index].index());
    } else if (index - index_space_.size() < size_) {
      add_number(member_bit | static_cast<std::uint32_t>(index - index_space_.size()));
    } else if (!has_unknown_) {
      has_unknown_ = true;
      unknown_ = index;
    }
  }
  void add_byte(std::size_t byte) { key_.push_back(static_cast<char>(byte)); }
  void add_number(std::uint32_t number) {
    std::array<char, sizeof number> bytes;
    std::memcpy(bytes.data(), &number, sizeof number);
    key_.append(bytes.data(), bytes.size());
  }

  std::string& key_;
  std::span<const CoreTypeId> index_space_;
  std::uint32_t size_;
  bool has_unknown_ = false;
  std::uint32_t unknown_ = 0;
};

}  // namespace

Result<std::vector<CoreTypeId>> CoreTypeInterner::intern(const CoreRecursionGroup& group,
                                                         std::span<const CoreTypeId> index_space) {
  std::vector<CoreTypeId> ids;
  HOLDFAST_TRY_ASSIGN(const std::uint32_t first, find_or_add(group, index_space));
  ids.reserve(group.types.size());
  for (std::uint32_t i = 0; i < group.types.size(); ++i) ids.emplace_back(first + i);
  return ids;
}

Result<std::vector<CoreTypeId>> CoreTypeInterner::intern_all(std::span<const CoreRecursionGroup> groups) {
  std::vector<CoreTypeId> index_space;
  index_space.reserve(groups.size());
  for (const CoreRecursionGroup& group : groups) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t first, find_or_add(group, index_space));
    for (std::uint32_t i = 0; i < group.types.size(); ++i) index_space.emplace_back(first + i);
  }
  return index_space;
}

Result<std::uint32_t> CoreTypeInterner::find_or_add(const CoreRecursionGroup& group,
                                                    std::span<const CoreTypeId> index_space) {
  const auto size = static_cast<std::uint32_t>(group.types.size());
  KeyWriter writer(key_, index_space, size);
  for (std::uint32_t i = 0; i < size; ++i) {
    const CoreSubType& member = group.types[i];
    const auto offset = static_cast<std::uint32_t>(member.offset);
    // A supertype comes before its subtypes, so walking up the supertypes always ends.
    if (member.supertype && *member.supertype >= index_space.size() + i) {
      return fail(ErrorCode::unknown_core_type, *member.supertype, offset);
    }
    writer.add(member);
    if (writer.has_unknown()) return fail(ErrorCode::unknown_core_type, writer.unknown(), offset);
  }
  const auto base = static_cast<std::uint32_t>(entries_.size());
  if (size == 0) return base;
  if (const auto entry = groups_.find(key_); entry != groups_.end()) return entry->second;
  HOLDFAST_TRY(add_group(group.types, index_space));
  groups_.emplace(key_, base);
  return base;
}

Result<void> CoreTypeInterner::add_group(std::vector<CoreSubType> members, std::span<const CoreTypeId> index_space) {
  const auto base = static_cast<std::uint32_t>(entries_.size());
  const auto to_id = [&](std::uint32_t& index) {
    index = index < index_space.size() ? index_space[index].index()
                                       : base + static_cast<std::uint32_t>(index - index_space.size());
  };
  for (CoreSubType& member : members) {
    visit_indices(member, to_id);
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

CoreTypeId CoreTypeInterner::intern(const CoreFunctionType& function) {
  CoreRecursionGroup group;
  group.types.emplace_back().composite = function;
  const auto ids = intern(group, {});
  HOLDFAST_ASSERT(ids.has_value(), "the function type must not refer to types by index");
  return ids->front();
}

const CoreSubType& CoreTypeInterner::type(CoreTypeId id) const {
  HOLDFAST_ASSERT(id.index() < entries_.size(), "the id must belong to this interner");
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
