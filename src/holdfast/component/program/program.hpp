// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Program`: a validated component, flattened into a straight list of steps. Nested components, aliases and
// instantiations are resolved; later stages do not see them. Immutable, shared between threads. Modules are ranges of
// the component's bytes, which the owner of the program keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/core/arena.hpp"
#include "holdfast/core/id.hpp"
#include "holdfast/engine/core_value.hpp"
#include "holdfast/wasm/module_interface.hpp"

namespace holdfast::component {

using ComponentInstanceId =
    Id<struct ComponentInstanceTag>;                ///< a component instance that the program creates; 0 is the root
using CoreInstanceId = Id<struct CoreInstanceTag>;  ///< an instantiated core module (never a bag of exports)
using CoreModuleId = Id<struct CoreModuleTag>;      ///< a module inside the component's bytes
using ImportedModuleId = Id<struct ImportedModuleTag>;
using ImportedFunctionId = Id<struct ImportedFunctionTag>;
using LiftedFunctionId = Id<struct LiftedFunctionTag>;
using TrampolineId = Id<struct TrampolineTag>;

// --- core level -------------------------------------------------------------------------------------------------

enum class CoreItemKind : std::uint8_t { function, table, memory, global, tag };

/// An export of an instantiated core module.
struct CoreExport {
  CoreInstanceId instance;
  std::string name;
  CoreItemKind kind = CoreItemKind::function;
  friend bool operator==(const CoreExport&, const CoreExport&) = default;
};
/// A core definition: an export of a core instance, or a function that the runtime makes (a trampoline).
using CoreItem = std::variant<CoreExport, TrampolineId>;

struct CoreModule {
  std::size_t offset = 0;  ///< in the component's bytes
  std::size_t size = 0;
  wasm::CoreModuleInterface interface;
};

/// Canonical options of a lift or lower. Validation ensures that all options that the types need are present.
struct CanonicalOptions {
  StringEncoding encoding = StringEncoding::utf8;
  std::optional<CoreItem> memory;
  std::optional<CoreItem> realloc;
  std::optional<CoreItem> post_return;
  bool is_async = false;             ///< lift: task.return receives the result; lower: the caller does not wait
  std::optional<CoreItem> callback;  ///< for an async lift: called with each event
  friend bool operator==(const CanonicalOptions&, const CanonicalOptions&) = default;
};

// --- functions --------------------------------------------------------------------------------------------------

/// A component-level function: imported by the root, or lifted from core code.
using ComponentFunction = std::variant<ImportedFunctionId, LiftedFunctionId>;

struct ImportedFunction {
  std::vector<std::string>
      path;  ///< root import name, then export names: {"demo:store/kv@0.1.0", "[method]bucket.get"}
  FunctionTypeId type;
};

struct LiftedFunction {
  ComponentInstanceId instance;
  CoreItem callee;
  CanonicalOptions options;
  FunctionTypeId type;  ///< for an async lift, the result spills if task.return takes a pointer
  std::string name;     ///< the first name it is exported under, for messages; may be empty
};

struct LowerFunction {
  ComponentFunction callee;
  CanonicalOptions options;
  FunctionTypeId type;  ///< for an async lower, parameters and result spill as in the caller's signature
  std::string name;     ///< the import or export name of the callee, for messages; may be empty
  friend bool operator==(const LowerFunction&, const LowerFunction&) = default;
};
struct ResourceNew {
  ResourceSlot resource;
  friend bool operator==(const ResourceNew&, const ResourceNew&) = default;
};
struct ResourceRep {
  ResourceSlot resource;
  friend bool operator==(const ResourceRep&, const ResourceRep&) = default;
};
struct ResourceDrop {
  ResourceSlot resource;
  friend bool operator==(const ResourceDrop&, const ResourceDrop&) = default;
};
struct ContextGet {
  std::uint32_t index = 0;  ///< of an i32 slot
  friend bool operator==(const ContextGet&, const ContextGet&) = default;
};
struct ContextSet {
  std::uint32_t index = 0;  ///< of an i32 slot
  friend bool operator==(const ContextSet&, const ContextSet&) = default;
};
/// Returns the result of the running async-lifted function.
struct TaskReturn {
  std::optional<InterfaceTypeId> result;
  CanonicalOptions options;
  friend bool operator==(const TaskReturn&, const TaskReturn&) = default;
};
/// A built-in of async functions, other than task.return, that the runtime supports.
struct AsyncBuiltin {
  enum class Kind : std::uint8_t {
    task_cancel,
    thread_yield,
    thread_suspend,
    backpressure_inc,
    backpressure_dec,
    waitable_set_new,
    waitable_set_wait,
    waitable_set_poll,
    waitable_set_drop,
  };
  Kind kind = Kind::task_cancel;
  CanonicalOptions options;  ///< for wait and poll: the memory that receives the event
  friend bool operator==(const AsyncBuiltin&, const AsyncBuiltin&) = default;
};
struct ErrorContextBuiltin {
  enum class Kind : std::uint8_t { create, debug_message, drop };
  Kind kind = Kind::create;
  CanonicalOptions options;
  friend bool operator==(const ErrorContextBuiltin&, const ErrorContextBuiltin&) = default;
};
/// A built-in that links but traps when it is called; the trap names the built-in.
struct UnsupportedBuiltin {
  std::string name;
  bool may_block = false;  ///< if true, a task of a function that is not async must not call it
  friend bool operator==(const UnsupportedBuiltin&, const UnsupportedBuiltin&) = default;
};

using TrampolineBody = std::variant<LowerFunction, ResourceNew, ResourceRep, ResourceDrop, ContextGet, ContextSet,
                                    TaskReturn, AsyncBuiltin, ErrorContextBuiltin, UnsupportedBuiltin>;

/// A core function that the runtime provides to core modules of `instance`.
struct Trampoline {
  ComponentInstanceId instance;
  engine::FunctionType signature;
  TrampolineBody body;
};

// --- resources --------------------------------------------------------------------------------------------------

/// A resource type, as a slot of the program. Linking fills the slots that imports introduce; two of them may turn out
/// to be the same type. `DefineResource` steps fill the other slots, with a fresh type for each instantiation.
struct Resource {
  std::string name;  ///< "demo:store/kv@0.1.0/bucket" for imports and named exports, otherwise a description
  struct Imported {
    std::vector<std::string> path;
  };
  struct Defined {
    ComponentInstanceId instance;
    std::optional<CoreItem> destructor;
  };
  std::variant<Imported, Defined> origin;
};

// --- imports and exports of the root ----------------------------------------------------------------------------

struct ImportEntry;
using ImportTree = std::vector<ImportEntry>;  ///< in the order of the component

/// An import that only gives a name to a known type: `(type (eq ...))`.
struct ImportedTypeEquality {
  std::optional<InterfaceTypeId> type;   ///< a value type
  std::optional<ResourceSlot> resource;  ///< the slot whose resource type this import must equal
};

struct ImportItem {
  std::variant<ImportedFunctionId, ResourceSlot, ImportedTypeEquality, ImportedModuleId, ImportTree> item;
};
struct ImportEntry {
  std::string name;
  ImportItem item;
};

struct ImportedModule {
  std::vector<std::string> path;
  wasm::CoreModuleInterface interface;
};

struct ExportEntry;
using ExportTree = std::vector<ExportEntry>;  ///< in the order of the component

struct ModuleExport {
  std::variant<CoreModuleId, ImportedModuleId> module;
};
struct ComponentExport {};  ///< a component; listed, but not usable

struct ExportItem {
  std::variant<ComponentFunction, ResourceSlot, InterfaceTypeId, ModuleExport, ComponentExport, ExportTree> item;
};
struct ExportEntry {
  std::string name;
  ExportItem item;
};

// --- steps ------------------------------------------------------------------------------------------------------

struct ModuleArgument {
  std::string module;  ///< import module name
  std::string name;    ///< import field name
  CoreItem item;
};

struct InstantiateModule {
  std::variant<CoreModuleId, ImportedModuleId> module;
  std::vector<ModuleArgument>
      arguments;  ///< in the order of the module's imports; for an imported module, of its type's imports
  CoreInstanceId result;
  ComponentInstanceId instance;  ///< whose task runs the start function
};
struct DefineResource {
  ResourceSlot resource;
};
struct MakeTrampoline {
  TrampolineId trampoline;
};

using Step = std::variant<InstantiateModule, DefineResource, MakeTrampoline>;

struct ComponentInstance {
  std::optional<ComponentInstanceId> parent;  ///< none for the root
  std::string name;                           ///< for messages: "root", "root/store", ...
};

struct Program {
  InterfaceTypes types;
  Arena<ComponentInstanceId, ComponentInstance> instances;
  Arena<ResourceSlot, Resource> resources;
  Arena<CoreModuleId, CoreModule> modules;
  Arena<ImportedModuleId, ImportedModule> imported_modules;
  Arena<ImportedFunctionId, ImportedFunction> imported_functions;
  Arena<LiftedFunctionId, LiftedFunction> lifted_functions;
  Arena<TrampolineId, Trampoline> trampolines;
  std::uint32_t core_instance_count = 0;
  std::vector<Step> steps;
  ImportTree imports;
  ExportTree exports;
};

/// Bounds on the result of flattening; without them a small file could create a million instances. Together they keep
/// the memory for flattening below about 64 MiB plus a few times the file's size.
struct ExpansionLimits {
  std::uint32_t steps = 50'000;
  std::uint32_t component_instances = 10'000;
  std::uint32_t core_instances = 10'000;
  std::uint32_t exports = 250'000;  ///< entries of all instances together, including the imports of core modules
  std::uint32_t types = 100'000;    ///< interface types, with their fields, cases, labels and parameters
  std::uint64_t name_bytes = std::uint64_t{16} << 20;  ///< of all stored names; each copy of a name counts
};

}  // namespace holdfast::component
