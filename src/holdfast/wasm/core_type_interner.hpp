// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CoreTypeInterner`: assigns an id to each core type of all modules and components of one validation. Equal types get
// the same id. Recursion groups are compared as a whole, as the specification requires. Owns the types it has seen; an
// id is valid only in the interner that returned it. Not thread-safe.
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
  /// The longest chain of supertypes above a type; the same limit as in all engines.
  static constexpr std::uint32_t most_supertypes = 63;

  /// The ids of the types of `group`. `index_space` holds the types before the group, which it may refer to by index.
  /// Errors: unknown_core_type when an index is past the group's own types, or when a supertype does not come before
  /// its subtype; subtypes_too_deep.
  Result<std::vector<CoreTypeId>> intern(const CoreRecursionGroup& group, std::span<const CoreTypeId> index_space);

  /// The ids of all types of a module, in the order of its type index space. Errors: as `intern`.
  Result<std::vector<CoreTypeId>> intern_all(std::span<const CoreRecursionGroup> groups);

  /// The id of a function type. Contract: the type does not refer to other types by index.
  CoreTypeId intern(const CoreFunctionType& function);

  /// The type of an id. All type indices in it are ids of this interner. The reference stays valid.
  const CoreSubType& type(CoreTypeId id) const;
  /// The function type of an id; null when it is another kind of type.
  const CoreFunctionType* function(CoreTypeId id) const;

  /// Whether several threads may use values of `type` (shared-everything-threads). Always true for numbers.
  bool is_shared(const CoreValueType& type) const;

  /// `type`, with its type indices replaced by ids. Errors: unknown_core_type.
  Result<CoreExternType> resolve(CoreExternType type, std::span<const CoreTypeId> index_space) const;

  /// Whether `type` is a subtype of `expected`. Contract: both are resolved, so that their type indices are ids.
  bool matches(CoreTypeId type, CoreTypeId expected) const;
  bool matches(const CoreHeapType& type, const CoreHeapType& expected) const;
  bool matches(const CoreReferenceType& type, const CoreReferenceType& expected) const;
  bool matches(const CoreValueType& type, const CoreValueType& expected) const;
  /// Whether an item of type `type` may be imported as `expected`.
  bool matches(const CoreExternType& type, const CoreExternType& expected) const;

 private:
  struct Entry {
    CoreSubType type;
    std::uint32_t depth = 0;  // number of supertypes above the type
  };
  /// The id of the group's first type. Errors: as intern.
  Result<std::uint32_t> find_or_add(const CoreRecursionGroup& group, std::span<const CoreTypeId> index_space);
  /// Adds a group whose indices are all known. On error nothing is added. Errors: subtypes_too_deep.
  Result<void> add_group(std::vector<CoreSubType> members, std::span<const CoreTypeId> index_space);

  std::deque<Entry> entries_;                              // by id; references stay valid
  std::unordered_map<std::string, std::uint32_t> groups_;  // key of a group -> id of its first type
  std::string key_;                                        // key of the group that is being looked up
};

/// Whether the limits of a memory or table satisfy those that an import requires.
bool limits_match(const CoreLimits& limits, const CoreLimits& expected) noexcept;

}  // namespace holdfast::wasm
