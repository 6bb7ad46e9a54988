// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of core modules, and of core instances (what a module exports, or a bag of exports). The core types in it
// are resolved: type indices are ids of the engine's `wasm::CoreTypeInterner`, so that they compare across modules.
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
  /// False if there is an import of these two names already; then nothing is added.
  bool add_import(const ModuleImport& import);
  /// False if there is an export of that name already; then nothing is added.
  bool add_export(const ModuleExport& one);

  /// Null if there is none of that name.
  const wasm::CoreExternType* find_export(std::string_view name) const;
  const wasm::CoreExternType* find_import(std::string_view module, std::string_view name) const;

  const std::vector<ModuleImport>& imports() const { return imports_; }
  const std::vector<ModuleExport>& exports() const { return exports_; }

  /// Makes room for that many imports and exports.
  void reserve(std::size_t imports, std::size_t exports);

  /// What it counts for in the size of types that contain it.
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

/// As the text format writes it: "(func (param i32) (result i64))".
std::string describe(const wasm::CoreFunctionType& type);
std::string describe(const wasm::CoreValueType& type);
std::string describe(const wasm::CoreReferenceType& type);

}  // namespace holdfast::component::types
