// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the implementer of a resource represents it (`Representation`), its type (`ResourceType`), and the operations on
// it
// (`ResourceOperation`). Plain values, no allocation. Freestanding.
//
//   constexpr std::string_view size[] = {"width", "height"};
//   const ResourceType texture{.name = "texture", .representation = RepresentationKind::record, .fields = size};
//   manager.create(texture, *Record::of({640, 480}));
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

#include "holdfast/core/result.hpp"
#include "holdfast/core/static_vector.hpp"

namespace holdfast::resource {

class ManagedResource;

enum class RepresentationKind : std::uint8_t { handle32, handle64, record, aggregate };

/// A number that the implementer understands.
struct Handle32 {
  std::uint32_t value = 0;
  friend bool operator==(Handle32, Handle32) = default;
};
/// A number that the implementer understands.
struct Handle64 {
  std::uint64_t value = 0;
  friend bool operator==(Handle64, Handle64) = default;
};

inline constexpr std::uint32_t max_record_fields = 8;
/// Named fields. The type has the names; the record has the values, in the same order.
struct Record {
  core::StaticVector<std::uint64_t, max_record_fields> values;

  /// Errors: capacity_exhausted, past max_record_fields.
  static Result<Record> of(std::initializer_list<std::uint64_t> values) noexcept {
    Record record;
    for (const std::uint64_t value : values) HOLDFAST_TRY(record.values.push_back(value));
    return record;
  }
  friend bool operator==(const Record& a, const Record& b) noexcept { return a.values == b.values; }
};

/// A resource made of resources. Only ResourceManager::form creates one.
struct Aggregate {
  std::uint32_t parts = 0;  ///< number of parts
  friend bool operator==(Aggregate, Aggregate) = default;
};

/// In the order of RepresentationKind.
using Representation = std::variant<Handle32, Handle64, Record, Aggregate>;

/// What the resources of one type share. Its identity is its address: two objects with equal contents are different
/// types. It must outlive its resources.
struct ResourceType {
  std::string_view name;
  RepresentationKind representation = RepresentationKind::handle32;
  std::span<const std::string_view> fields = {};  ///< of a record, in the order of its values
  /// Cleans a resource up; called as `cleanup(context, resource)`. Null if there is nothing to do. If it fails, it is
  /// called again later (see cleanup.hpp). It may call back into the manager.
  Result<void> (*cleanup)(void* context, const ManagedResource& resource) noexcept = nullptr;
  void* context = nullptr;

  /// The position of the field named `field`; the number of fields if there is none.
  std::size_t position_of(std::string_view field) const noexcept {
    std::size_t position = 0;
    while (position < fields.size() && fields[position] != field) ++position;
    return position;
  }

  /// Whether `of_resource` has the kind and the number of fields that this type prescribes.
  bool prescribes(const Representation& of_resource) const noexcept {
    if (of_resource.index() != static_cast<std::size_t>(representation)) return false;
    const Record* const record = std::get_if<Record>(&of_resource);
    return record == nullptr || record->values.size() == fields.size();
  }
};

/// The type of resources that are allocated without a type: represented by a number, with nothing to clean up.
inline constexpr ResourceType untyped_resource{};

/// The operations on a resource; ResourceManager::validate checks whether one is allowed now.
enum class ResourceOperation : std::uint8_t {
  create,     ///< `new`
  drop,       ///< cleans the resource up and ends it
  rep,        ///< reads its representation
  transform,  ///< changes its type or representation
};

constexpr std::string_view name_of(ResourceOperation operation) noexcept {
  switch (operation) {
    case ResourceOperation::create: return "new";
    case ResourceOperation::drop: return "drop";
    case ResourceOperation::rep: return "rep";
    case ResourceOperation::transform: return "transform";
  }
  return "unknown";
}

}  // namespace holdfast::resource
