// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of core WebAssembly as in the binary format: values, references, functions, aggregates, recursion groups
// and the types of imports and exports. Type indices are plain numbers in the index space of the type's holder (a
// module, a module type or a component); core_type_interner.hpp turns them into ids that can be compared across
// modules. Plain values that own their parts; no thread rules.
//
// Source: WebAssembly core specification 3.0, "Binary Format / Types", with the encodings of the proposals
// shared-everything-threads, custom-page-sizes, custom-descriptors, compact-import-section, stack-switching.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace holdfast::wasm {

enum class CoreValueKind : std::uint8_t { i32, i64, f32, f64, v128, reference };

enum class AbstractHeapType : std::uint8_t {
  func,
  nofunc,
  extern_,
  noextern,
  any,
  eq,
  i31,
  struct_,
  array,
  none,
  exn,
  noexn,
  cont,
  nocont,
};

enum class HeapKind : std::uint8_t {
  abstract,  ///< one of AbstractHeapType
  concrete,  ///< a type index
  exact,     ///< a type index, without its subtypes (custom-descriptors)
};

struct CoreHeapType {
  HeapKind kind = HeapKind::abstract;
  AbstractHeapType abstract = AbstractHeapType::func;  ///< if kind is abstract
  bool shared = false;                                 ///< if kind is abstract
  std::uint32_t index = 0;                             ///< if kind is concrete or exact

  friend bool operator==(const CoreHeapType&, const CoreHeapType&) = default;
};

struct CoreReferenceType {
  bool nullable = true;
  CoreHeapType heap;

  friend bool operator==(const CoreReferenceType&, const CoreReferenceType&) = default;
};

/// A value type. `reference` keeps its default value unless `kind` is reference, so that == is type equality.
struct CoreValueType {
  CoreValueKind kind = CoreValueKind::i32;
  CoreReferenceType reference;

  friend bool operator==(const CoreValueType&, const CoreValueType&) = default;
};

enum class PackedKind : std::uint8_t { none, i8, i16 };

struct CoreFieldType {
  PackedKind packed = PackedKind::none;
  CoreValueType value;  ///< if `packed` is none
  bool is_mutable = false;

  friend bool operator==(const CoreFieldType&, const CoreFieldType&) = default;
};

struct CoreFunctionType {
  std::vector<CoreValueType> parameters;
  std::vector<CoreValueType> results;

  friend bool operator==(const CoreFunctionType&, const CoreFunctionType&) = default;
};

struct CoreStructType {
  std::vector<CoreFieldType> fields;

  friend bool operator==(const CoreStructType&, const CoreStructType&) = default;
};

struct CoreArrayType {
  CoreFieldType element;

  friend bool operator==(const CoreArrayType&, const CoreArrayType&) = default;
};

struct CoreContinuationType {
  std::uint32_t function = 0;  ///< type index

  friend bool operator==(const CoreContinuationType&, const CoreContinuationType&) = default;
};

using CoreCompositeType = std::variant<CoreFunctionType, CoreStructType, CoreArrayType, CoreContinuationType>;

/// A sub type: the type that one type index refers to.
struct CoreSubType {
  bool is_final = true;
  bool shared = false;
  std::optional<std::uint32_t> supertype;   ///< type index
  std::optional<std::uint32_t> describes;   ///< type index (custom-descriptors)
  std::optional<std::uint32_t> descriptor;  ///< type index (custom-descriptors)
  CoreCompositeType composite;
  std::size_t offset = 0;  ///< byte offset in the file
};

/// A recursion group. It adds one type index for each of its types, which may refer to each other.
struct CoreRecursionGroup {
  std::vector<CoreSubType> types;
  bool is_explicit = false;  ///< written with `rec`; makes no difference for a group of one type
  std::size_t offset = 0;    ///< byte offset in the file
};

/// Limits of a memory (in pages) or a table (in elements).
struct CoreLimits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;
  bool is_64 = false;
  bool shared = false;

  friend bool operator==(const CoreLimits&, const CoreLimits&) = default;
};

struct CoreTableType {
  CoreReferenceType element;
  CoreLimits limits;

  friend bool operator==(const CoreTableType&, const CoreTableType&) = default;
};

struct CoreMemoryType {
  CoreLimits limits;
  std::uint32_t page_size_log2 = 16;

  friend bool operator==(const CoreMemoryType&, const CoreMemoryType&) = default;
};

struct CoreGlobalType {
  CoreValueType content;
  bool is_mutable = false;
  bool shared = false;

  friend bool operator==(const CoreGlobalType&, const CoreGlobalType&) = default;
};

/// A function of the type with this index.
struct CoreFunctionReference {
  std::uint32_t type = 0;  ///< type index; in a CoreModuleInterface it may be out of bounds
  bool exact = false;      ///< (custom-descriptors)

  friend bool operator==(const CoreFunctionReference&, const CoreFunctionReference&) = default;
};

/// A tag whose values are the parameters of the function type with this index.
struct CoreTagType {
  std::uint32_t type = 0;  ///< type index; in a CoreModuleInterface it may be out of bounds

  friend bool operator==(const CoreTagType&, const CoreTagType&) = default;
};

using CoreExternType = std::variant<CoreFunctionReference, CoreTableType, CoreMemoryType, CoreGlobalType, CoreTagType>;

struct CoreImport {
  std::string module;
  std::string name;
  CoreExternType type;
  std::size_t offset = 0;  ///< byte offset in the file
};

struct CoreExport {
  std::string name;
  CoreExternType type;
  std::size_t offset = 0;  ///< byte offset in the file
};

/// The types, imports and exports of a core module. Its type indices count the types in `type_groups`.
/// Only the binary form is checked; the engine validates the module.
struct CoreModuleInterface {
  bool is_whole = true;  ///< the module has nothing else: no code, no values, no definitions that it does not export
  std::vector<CoreRecursionGroup> type_groups;
  std::vector<CoreImport> imports;
  std::vector<CoreExport> exports;
};

}  // namespace holdfast::wasm
