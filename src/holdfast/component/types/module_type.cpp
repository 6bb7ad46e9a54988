// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/module_type.hpp"

#include <array>
#include <functional>
#include <utility>

#include "holdfast/component/types/intern_table.hpp"

namespace holdfast::component::types {

namespace {

std::size_t hash_of(std::string_view name) { return std::hash<std::string_view>()(name); }

std::size_t hash_of(std::string_view module, std::string_view name) {
  std::size_t hash = hash_of(module);
  mix(hash, hash_of(name));
  return hash;
}

}  // namespace

std::optional<std::uint32_t> ModuleType::export_position(std::size_t hash, std::string_view name) const {
  return export_index_.find(hash, [&](std::uint32_t position) { return exports_[position].name == name; });
}

std::optional<std::uint32_t> ModuleType::import_position(std::size_t hash, std::string_view module,
                                                         std::string_view name) const {
  return import_index_.find(hash, [&](std::uint32_t position) {
    return imports_[position].module == module && imports_[position].name == name;
  });
}

bool ModuleType::add_import(const ModuleImport& import) {
  const std::size_t hash = hash_of(import.module, import.name);
  if (import_position(hash, import.module, import.name)) return false;
  import_index_.add(hash);
  imports_.push_back(import);
  return true;
}

bool ModuleType::add_export(const ModuleExport& export_) {
  const std::size_t hash = hash_of(export_.name);
  if (export_position(hash, export_.name)) return false;
  export_index_.add(hash);
  exports_.push_back(export_);
  return true;
}

void ModuleType::reserve(std::size_t imports, std::size_t exports) {
  imports_.reserve(imports);
  exports_.reserve(exports);
}

const wasm::CoreExternType* ModuleType::find_export(std::string_view name) const {
  const auto position = export_position(hash_of(name), name);
  return position ? &exports_[*position].type : nullptr;
}

const wasm::CoreExternType* ModuleType::find_import(std::string_view module, std::string_view name) const {
  const auto position = import_position(hash_of(module, name), module, name);
  return position ? &imports_[*position].type : nullptr;
}

std::string_view sort_name(const wasm::CoreExternType& type) {
  constexpr std::array<std::string_view, 5> names = {"func", "table", "memory", "global", "tag"};
  return names[type.index()];
}

std::string describe(const wasm::CoreReferenceType& type) {
  constexpr std::array<std::string_view, 14> heaps = {"func", "nofunc", "extern", "noextern", "any",
                                                      "eq",   "i31",    "struct", "array",    "none",
                                                      "exn",  "noexn",  "cont",   "nocont"};
  const wasm::CoreHeapType& heap = type.heap;
  if (heap.kind != wasm::HeapKind::abstract) {
    return std::string(type.nullable ? "(ref null " : "(ref ") + std::to_string(heap.index) + ")";
  }
  const std::string_view name = heaps[static_cast<std::size_t>(heap.abstract)];
  if (type.nullable && !heap.shared) return std::string(name) + "ref";
  std::string text = type.nullable ? "(ref null " : "(ref ";
  text += heap.shared ? "(shared " + std::string(name) + ")" : std::string(name);
  return text + ")";
}

std::string describe(const wasm::CoreValueType& type) {
  constexpr std::array<std::string_view, 5> names = {"i32", "i64", "f32", "f64", "v128"};
  if (type.kind == wasm::CoreValueKind::reference) return describe(type.reference);
  return std::string(names[static_cast<std::size_t>(type.kind)]);
}

std::string describe(const wasm::CoreFunctionType& type) {
  std::string text = "(func";
  const auto list = [&text](std::string_view keyword, const std::vector<wasm::CoreValueType>& types) {
    if (types.empty()) return;
    text += " (";
    text += keyword;
    for (const wasm::CoreValueType& value_type : types) text += " " + describe(value_type);
    text += ")";
  };
  list("param", type.parameters);
  list("result", type.results);
  return text + ")";
}

}  // namespace holdfast::component::types
