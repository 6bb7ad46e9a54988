// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of core modules and of core instances (the exports of a module, or a bag of exports). Their core types are
// resolved: type indices are ids of the engine's `wasm::CoreTypeInterner`, so that they compare across modules.
// A value that owns its lists; the names in them are views into the syntax tree, which must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/component/types/hash_index.hpp"
#include "holdfast/wasm/core_type_interner.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::component::types {

struct ModuleImport {
  std::string_view module;
  std::string_view name;
  wasm::CoreExternType type;
};

struct ModuleExport {
  std::string_view name;
  wasm::CoreExternType type;
};

class ModuleType {
 public:
  /// Returns false, and adds nothing, if an import with the same module and name exists.
  bool add_import(const ModuleImport& import);
  /// Returns false, and adds nothing, if an export of the same name exists.
  bool add_export(const ModuleExport& export_);

  /// Null if no export has that name.
  const wasm::CoreExternType* find_export(std::string_view name) const;
  /// Null if no import has these names.
  const wasm::CoreExternType* find_import(std::string_view module, std::string_view name) const;

  const std::vector<ModuleImport>& imports() const { return imports_; }
  const std::vector<ModuleExport>& exports() const { return exports_; }

  /// Reserves memory for that many imports and exports.
  void reserve(std::size_t imports, std::size_t exports);

  /// The number of nodes it adds to the size of a type that contains it.
  std::uint32_t size() const { return static_cast<std::uint32_t>(1 + imports_.size() + exports_.size()); }

 private:
  std::optional<std::uint32_t> export_position(std::size_t hash, std::string_view name) const;
  std::optional<std::uint32_t> import_position(std::size_t hash, std::string_view module, std::string_view name) const;

  std::vector<ModuleImport> imports_;
  std::vector<ModuleExport> exports_;
  HashIndex import_index_;
  HashIndex export_index_;
};

/// "func", "table", "memory", "global" or "tag".
std::string_view sort_name(const wasm::CoreExternType& type);

/// The type in the text format: "(func (param i32) (result i64))".
std::string describe(const wasm::CoreFunctionType& type);
std::string describe(const wasm::CoreValueType& type);
std::string describe(const wasm::CoreReferenceType& type);

}  // namespace holdfast::component::types
