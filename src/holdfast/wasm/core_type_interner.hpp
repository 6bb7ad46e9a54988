// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CoreTypeInterner`: gives each core type an id, the same id for equal types, across all modules and components of
// one validation. Recursion groups are compared as a whole, as the specification demands. Owns what it has seen;
// ids are for the interner that made them. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "holdfast/core/id.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::wasm {

struct CoreTypeTag;
using CoreTypeId = Id<CoreTypeTag>;

class CoreTypeInterner {
 public:
  /// The most supertypes that a type may have above it, as in all engines.
  static constexpr std::uint32_t most_supertypes = 63;

  /// The ids of the types of `group`. `index_space` are the types before it, which it may refer to by index.
  /// Errors: unknown_core_type when an index is past the group's own types, or a supertype is not before its subtype;
  /// subtypes_too_deep.
  Result<std::vector<CoreTypeId>> intern(const CoreRecursionGroup& group, std::span<const CoreTypeId> index_space);

  /// The ids of all types of a module, in the order of its type index space. Errors: as `intern`.
  Result<std::vector<CoreTypeId>> intern_all(std::span<const CoreRecursionGroup> groups);

  /// The id of a function type that refers to no type by index.
  CoreTypeId intern(const CoreFunctionType& function);

  /// The type of an id. All type indices in it are indices of ids of this interner. Stays where it is.
  const CoreSubType& type(CoreTypeId id) const;
  /// The function type of an id; null where it is another kind of type.
  const CoreFunctionType* function(CoreTypeId id) const;

  /// Whether values of that type may be used by several threads (shared-everything-threads): numbers always may.
  bool is_shared(const CoreValueType& type) const;

  /// `type` with its type indices replaced by those of ids. Errors: unknown_core_type.
  Result<CoreExternType> resolve(CoreExternType type, std::span<const CoreTypeId> index_space) const;

  /// Subtyping. What is compared here must be resolved: its indices are those of ids.
  bool matches(CoreTypeId type, CoreTypeId expected) const;
  bool matches(const CoreHeapType& type, const CoreHeapType& expected) const;
  bool matches(const CoreReferenceType& type, const CoreReferenceType& expected) const;
  bool matches(const CoreValueType& type, const CoreValueType& expected) const;
  /// Whether something of type `type` may be imported as `expected`.
  bool matches(const CoreExternType& type, const CoreExternType& expected) const;

 private:
  struct Entry {
    CoreSubType type;
    std::uint32_t depth = 0;  // supertypes above it
  };
  /// The id of the group's first type. Errors: as intern.
  Result<std::uint32_t> find_or_add(const CoreRecursionGroup& group, std::span<const CoreTypeId> index_space);
  /// Adds a group all of whose indices are known. Nothing is added on an error.
  Result<void> add_group(std::vector<CoreSubType> members, std::span<const CoreTypeId> index_space);

  std::deque<Entry> entries_;                              // by id; references stay valid
  std::unordered_map<std::string, std::uint32_t> groups_;  // written form of a group -> id of its first type
  std::string key_;                                        // of the group that is looked for
};

/// Whether limits of something that exists satisfy those that an import demands.
bool limits_match(const CoreLimits& limits, const CoreLimits& expected) noexcept;

}  // namespace holdfast::wasm
