// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Value and function types as the canonical ABI needs them: resolved (no aliases; resources are slots of one program)
// and with their layout in 32-bit memories. They belong to a `Program` and are immutable once it is built. Equal types
// are stored once, so that ids are equal if and only if types are. The type engine (types/) computes structure and
// layout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/component/types/type_kind.hpp"
#include "holdfast/core/arena.hpp"
#include "holdfast/core/id.hpp"
#include "holdfast/engine/core_value.hpp"

namespace holdfast::component {

using InterfaceTypeId = Id<struct InterfaceTypeTag>;
using FunctionTypeId = Id<struct FunctionTypeTag>;
using ResourceSlot = Id<struct ResourceSlotTag>;

enum class StringEncoding : std::uint8_t { utf8, utf16, latin1_utf16 };

/// A field of a record (named) or of a tuple (name empty).
struct InterfaceField {
  std::string name;
  InterfaceTypeId type;
  std::uint32_t offset = 0;  ///< bytes from the start of the record
  friend bool operator==(const InterfaceField&, const InterfaceField&) = default;
};

/// A case of a variant, enum ("name" only), option ("none", "some") or result ("ok", "error").
struct InterfaceCase {
  std::string name;
  std::optional<InterfaceTypeId> type;
  friend bool operator==(const InterfaceCase&, const InterfaceCase&) = default;
};

struct InterfaceType {
  TypeKind kind = TypeKind::boolean;

  // CanonicalABI.md, "Alignment", "Element Size", "Flattening". Bytes.
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  /// The flattened core types, cut at `max_flat`, which is more than any call passes flat.
  std::vector<engine::ValueType> flat;
  bool has_borrow = false;  ///< borrow, at any depth
  bool has_handle = false;  ///< own or borrow, at any depth

  std::vector<InterfaceField> fields;   ///< record, tuple
  std::vector<InterfaceCase> cases;     ///< variant, enumeration, option, result
  std::uint32_t discriminant_size = 0;  ///< bytes: 1, 2 or 4; for the four kinds with cases
  std::uint32_t payload_offset = 0;     ///< bytes; for the four kinds with cases
  std::vector<std::string> labels;      ///< flags; at most 32
  InterfaceTypeId element;              ///< list, fixed_list; value type of a map
  InterfaceTypeId key;                  ///< map
  std::uint32_t length = 0;             ///< fixed_list
  ResourceSlot resource;                ///< own, borrow

  friend bool operator==(const InterfaceType&, const InterfaceType&) = default;
};

inline constexpr std::size_t max_flat_parameters = 16;
inline constexpr std::size_t max_flat_results = 1;
inline constexpr std::size_t max_flat = max_flat_parameters + 1;

struct FunctionParameter {
  std::string name;
  InterfaceTypeId type;
  std::uint32_t offset = 0;  ///< bytes in the parameter tuple, for parameters that spill into memory
  friend bool operator==(const FunctionParameter&, const FunctionParameter&) = default;
};

/// A component-level function type, with the layout that calls need.
struct FunctionType {
  std::vector<FunctionParameter> parameters;
  std::optional<InterfaceTypeId> result;
  bool is_async = false;

  std::vector<engine::ValueType> flat_parameters;  ///< cut at `max_flat`
  bool parameters_spill = false;      ///< more than 16, so they are passed as a pointer to the parameter tuple
  std::uint32_t parameters_size = 0;  ///< of the parameter tuple, bytes
  std::uint32_t parameters_alignment = 1;
  bool result_spills = false;  ///< flattens to more than one core value, so it is returned through a pointer
  friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

/// The types of one program. Only the code that builds the program adds types.
class InterfaceTypes {
 public:
  const InterfaceType& operator[](InterfaceTypeId id) const { return types_[id]; }
  const FunctionType& operator[](FunctionTypeId id) const { return functions_[id]; }

  /// Adds `type` unless an equal type exists. Returns the id of that type.
  InterfaceTypeId intern(InterfaceType type);
  FunctionTypeId intern(FunctionType type);

 private:
  Arena<InterfaceTypeId, InterfaceType> types_;
  Arena<FunctionTypeId, FunctionType> functions_;
  // By hash of the structure: the ids with which interning compares a new type.
  std::vector<std::vector<InterfaceTypeId>> type_buckets_;
  std::vector<std::vector<FunctionTypeId>> function_buckets_;
};

}  // namespace holdfast::component
