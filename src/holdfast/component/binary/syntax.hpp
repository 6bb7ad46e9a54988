// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The syntax tree of a component: one plain struct for each production of Binary.md, as read and not yet validated.
// Indices are plain numbers that may be out of bounds; names are any UTF-8 text. The tree owns its names, lists and
// constants and holds no references into the file; core modules and custom sections are byte ranges of the file.
// Offsets are in bytes from the start of the file, also in nested components.
// Sections are flattened: `Component::definitions` is in file order, the order in which index spaces are built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "holdfast/wasm/core_types.hpp"

namespace holdfast::component::syntax {

/// Bytes [offset, offset + size) of the file.
struct ByteRange {
  std::size_t offset = 0;
  std::size_t size = 0;
};

// --- sorts and names ---

enum class CoreSort : std::uint8_t {
  function = 0x00,
  table = 0x01,
  memory = 0x02,
  global = 0x03,
  tag = 0x04,
  type = 0x10,
  module = 0x11,
  instance = 0x12,
};

enum class Sort : std::uint8_t {
  core = 0x00,
  function = 0x01,
  value = 0x02,
  type = 0x03,
  component = 0x04,
  instance = 0x05
};

struct SortIndex {
  Sort sort = Sort::function;
  CoreSort core_sort = CoreSort::module;  ///< if sort is core; the reader accepts only `module`
  std::uint32_t index = 0;
  std::size_t offset = 0;
};

enum class AttributeKind : std::uint8_t { implements = 0x00, version_suffix = 0x01, external_id = 0x02 };

struct NameAttribute {
  AttributeKind kind = AttributeKind::implements;
  std::string value;
  std::size_t offset = 0;
};

/// A `nameattributes`: the name of an import or export with any number of attributes, which may be repeated.
struct ExternName {
  std::string name;
  std::vector<NameAttribute> attributes;
  std::uint8_t prefix = 0;  ///< 0x00, 0x01 (older, same meaning) or 0x02 (attributes follow)
  std::size_t offset = 0;
};

// --- value types ---

enum class PrimitiveType : std::uint8_t {
  boolean = 0x7f,
  s8 = 0x7e,
  u8 = 0x7d,
  s16 = 0x7c,
  u16 = 0x7b,
  s32 = 0x7a,
  u32 = 0x79,
  s64 = 0x78,
  u64 = 0x77,
  f32 = 0x76,
  f64 = 0x75,
  character = 0x74,
  string = 0x73,
  error_context = 0x64,
};

struct TypeIndex {
  std::uint32_t index = 0;
};

/// A `valtype`.
struct ValueType {
  std::variant<PrimitiveType, TypeIndex> value;
  std::size_t offset = 0;
};

/// A `labelvaltype`: a field of a record or a parameter of a function.
struct LabelledType {
  std::string label;
  ValueType type;
  std::size_t offset = 0;
};

/// A case of a variant.
struct Case {
  std::string label;
  std::optional<ValueType> type;
  std::size_t offset = 0;
};

/// A label of flags or of an enum.
struct Label {
  std::string label;
  std::size_t offset = 0;
};

struct RecordType {
  std::vector<LabelledType> fields;
};
struct VariantType {
  std::vector<Case> cases;
};
struct ListType {
  ValueType element;
};
struct FixedLengthListType {
  ValueType element;
  std::uint32_t length = 0;
};
struct MapType {
  ValueType key;
  ValueType value;
};
struct TupleType {
  std::vector<ValueType> elements;
};
struct FlagsType {
  std::vector<Label> labels;
};
struct EnumType {
  std::vector<Label> labels;
};
struct OptionType {
  ValueType element;
};
struct ResultType {
  std::optional<ValueType> ok;
  std::optional<ValueType> error;
};
struct OwnType {
  std::uint32_t resource = 0;  ///< type index
};
struct BorrowType {
  std::uint32_t resource = 0;  ///< type index
};
struct StreamType {
  std::optional<ValueType> element;
};
struct FutureType {
  std::optional<ValueType> element;
};

// --- types ---

struct FunctionType {
  bool is_async = false;
  std::vector<LabelledType> parameters;
  std::optional<ValueType> result;
};

struct ResourceTypeDefinition {
  wasm::CoreValueType representation;
  std::optional<std::uint32_t> destructor;  ///< core function index
};

struct Declaration;

struct ComponentType {
  std::vector<Declaration> declarations;
};

/// Its declarations contain no Import.
struct InstanceType {
  std::vector<Declaration> declarations;
};

/// A `type` (`deftype`).
struct Type {
  std::variant<PrimitiveType, RecordType, VariantType, ListType, FixedLengthListType, MapType, TupleType, FlagsType,
               EnumType, OptionType, ResultType, OwnType, BorrowType, StreamType, FutureType, FunctionType,
               ComponentType, InstanceType, ResourceTypeDefinition>
      value;
  std::size_t offset = 0;
};

// --- aliases ---

enum class AliasTarget : std::uint8_t { instance_export = 0x00, core_instance_export = 0x01, outer = 0x02 };

/// An `alias`. The reader accepts these combinations:
/// - instance_export of core module and of every sort that is not core;
/// - core_instance_export of function, table, memory, global and tag;
/// - outer of core module, core type, type and component.
struct Alias {
  AliasTarget target = AliasTarget::instance_export;
  Sort sort = Sort::function;
  CoreSort core_sort = CoreSort::function;  ///< if sort is core
  std::uint32_t instance = 0;               ///< export targets: instance index or core instance index
  std::string name;                         ///< export targets: name of the export
  std::uint32_t outer_count = 0;            ///< outer: number of scopes outwards; 0 is the current one
  std::uint32_t outer_index = 0;            ///< outer: index in that scope
  std::size_t offset = 0;
};

// --- core types ---

/// A `core:alias` in a module type: an outer alias of a core type.
struct CoreOuterAlias {
  std::uint32_t count = 0;
  std::uint32_t index = 0;
};

struct ModuleTypeDeclaration {
  std::variant<wasm::CoreImport, wasm::CoreRecursionGroup, CoreOuterAlias, wasm::CoreExport> value;
  std::size_t offset = 0;
};

struct ModuleType {
  std::vector<ModuleTypeDeclaration> declarations;
};

/// A `core:type`. A recursion group adds one core type index for each of its types.
struct CoreType {
  std::variant<wasm::CoreRecursionGroup, ModuleType> value;
  std::size_t offset = 0;
};

// --- extern types ---

struct TypeBound {
  std::optional<std::uint32_t> equal;  ///< type index of `(eq i)`; absent in `(sub resource)`
};

struct ValueBound {
  std::variant<ValueType, std::uint32_t> value;  ///< the type, or the value index of `(eq i)`
};

enum class ExternKind : std::uint8_t { core_module, function, value, type, component, instance };

/// An `externtype`.
struct ExternType {
  ExternKind kind = ExternKind::function;
  std::uint32_t index = 0;  ///< core type index (core_module), type index (function, component, instance)
  TypeBound type_bound;     ///< if kind is type
  ValueBound value_bound;   ///< if kind is value
  std::size_t offset = 0;
};

/// An `import`, and an `importdecl` of a component type.
struct Import {
  ExternName name;
  ExternType type;
};

struct ExportDeclaration {
  ExternName name;
  ExternType type;
};

/// A `componentdecl` or `instancedecl`.
struct Declaration {
  std::variant<CoreType, Type, Alias, Import, ExportDeclaration> value;
  std::size_t offset = 0;
};

// --- instances ---

struct CoreInstantiateArgument {
  std::string name;
  std::uint32_t instance = 0;  ///< core instance index
  std::size_t offset = 0;
};
struct CoreInstantiate {
  std::uint32_t module = 0;  ///< core module index
  std::vector<CoreInstantiateArgument> arguments;
};
struct CoreInlineExport {
  std::string name;
  CoreSort sort = CoreSort::function;  ///< function, table, memory, global or tag
  std::uint32_t index = 0;
  std::size_t offset = 0;
};
struct CoreInlineExports {
  std::vector<CoreInlineExport> exports;
};
/// A `core:instance`.
struct CoreInstance {
  std::variant<CoreInstantiate, CoreInlineExports> value;
};

struct InstantiateArgument {
  std::string name;
  SortIndex item;
  std::size_t offset = 0;
};
struct Instantiate {
  std::uint32_t component = 0;  ///< component index
  std::vector<InstantiateArgument> arguments;
};
struct InlineExport {
  ExternName name;
  SortIndex item;
  std::size_t offset = 0;
};
struct InlineExports {
  std::vector<InlineExport> exports;
};
/// An `instance`.
struct Instance {
  std::variant<Instantiate, InlineExports> value;
};

// --- canonical definitions ---

enum class CanonicalOpcode : std::uint8_t {
  lift = 0x00,
  lower = 0x01,
  resource_new = 0x02,
  resource_drop = 0x03,
  resource_rep = 0x04,
  task_cancel = 0x05,
  subtask_cancel = 0x06,
  task_return = 0x09,
  context_get = 0x0a,
  context_set = 0x0b,
  thread_yield = 0x0c,
  subtask_drop = 0x0d,
  stream_new = 0x0e,
  stream_read = 0x0f,
  stream_write = 0x10,
  stream_cancel_read = 0x11,
  stream_cancel_write = 0x12,
  stream_drop_readable = 0x13,
  stream_drop_writable = 0x14,
  future_new = 0x15,
  future_read = 0x16,
  future_write = 0x17,
  future_cancel_read = 0x18,
  future_cancel_write = 0x19,
  future_drop_readable = 0x1a,
  future_drop_writable = 0x1b,
  error_context_new = 0x1c,
  error_context_debug_message = 0x1d,
  error_context_drop = 0x1e,
  waitable_set_new = 0x1f,
  waitable_set_wait = 0x20,
  waitable_set_poll = 0x21,
  waitable_set_drop = 0x22,
  waitable_join = 0x23,
  backpressure_inc = 0x24,
  backpressure_dec = 0x25,
  thread_index = 0x26,
  thread_new_indirect = 0x27,
  thread_resume_later = 0x28,
  thread_suspend = 0x29,
  thread_suspend_then_resume = 0x2a,
  thread_yield_then_resume = 0x2b,
  thread_suspend_then_promote = 0x2c,
  thread_yield_then_promote = 0x2d,
  thread_spawn_ref = 0x40,
  thread_spawn_indirect = 0x41,
  thread_available_parallelism = 0x42,
};

enum class CanonicalOptionKind : std::uint8_t {
  string_encoding_utf8 = 0x00,
  string_encoding_utf16 = 0x01,
  string_encoding_latin1_utf16 = 0x02,
  memory = 0x03,       ///< core memory index
  realloc = 0x04,      ///< core function index
  post_return = 0x05,  ///< core function index
  async = 0x06,
  callback = 0x07,   ///< core function index
  core_type = 0x08,  ///< core type index (not in Binary.md; other tools write it)
  gc = 0x09,         ///< (not in Binary.md; other tools write it)
};

/// A `canonopt`.
struct CanonicalOption {
  CanonicalOptionKind kind = CanonicalOptionKind::string_encoding_utf8;
  std::uint32_t index = 0;  ///< what it indexes depends on the kind; unused if the kind has no index
  std::size_t offset = 0;
};

/// A `canon`. Which members are set depends on the opcode; the others keep their defaults.
struct Canonical {
  CanonicalOpcode opcode = CanonicalOpcode::lift;
  /// lift: core function index; lower: function index.
  std::uint32_t function = 0;
  /// lift, resource.*, stream.*, future.*: type index; thread.new-indirect, thread.spawn-*: core type index.
  std::uint32_t type = 0;
  /// thread.new-indirect, thread.spawn-indirect: core table index.
  std::uint32_t table = 0;
  /// waitable-set.wait, waitable-set.poll: core memory index.
  std::uint32_t memory = 0;
  /// context.get, context.set.
  std::uint32_t context_slot = 0;
  wasm::CoreValueType context_type;
  /// subtask.cancel, stream.cancel-*, future.cancel-*.
  bool is_async = false;
  /// waitable-set.wait, waitable-set.poll, thread.yield*, thread.suspend*.
  bool is_cancellable = false;
  /// thread.spawn-ref, thread.spawn-indirect, thread.available-parallelism.
  bool is_shared = false;
  /// task.return.
  std::optional<ValueType> result;
  /// lift, lower, task.return, stream.read, stream.write, future.read, future.write, error-context.new,
  /// error-context.debug-message.
  std::vector<CanonicalOption> options;
};

// --- the rest ---

struct Start {
  std::uint32_t function = 0;            ///< function index
  std::vector<std::uint32_t> arguments;  ///< value indices
  std::uint32_t results = 0;             ///< number of values it adds to the value index space
};

struct Export {
  ExternName name;
  SortIndex item;
  std::optional<ExternType> type;
};

/// A `value`. `bytes` is the encoded constant; its form depends on the type, and the reader does not decode it.
struct Value {
  ValueType type;
  std::vector<std::byte> bytes;
  std::size_t bytes_offset = 0;
};

/// A `core:module`. The bytes are a complete module. The reader parses its interface; the engine validates it.
struct CoreModule {
  ByteRange bytes;
  wasm::CoreModuleInterface interface;
};

struct Component;

struct NestedComponent {
  std::unique_ptr<Component> component;  ///< never null
};

/// One definition with the offset of its first byte.
struct Definition {
  std::variant<CoreModule, CoreInstance, CoreType, NestedComponent, Instance, Alias, Type, Canonical, Start, Import,
               Export, Value>
      value;
  std::size_t offset = 0;
};

struct CustomSection {
  std::string name;
  ByteRange contents;           ///< everything after the name
  std::size_t definitions = 0;  ///< number of the component's definitions before this section
};

struct Component {
  std::vector<Definition> definitions;
  std::vector<CustomSection> custom_sections;
  std::string name;         ///< from the section `component-name`, for diagnostics; often empty
  std::size_t offset = 0;   ///< of the preamble, bytes
  std::size_t size = 0;     ///< bytes
  bool is_complete = true;  ///< false if reading stopped inside it (see ReadOutcome)
};

}  // namespace holdfast::component::syntax
