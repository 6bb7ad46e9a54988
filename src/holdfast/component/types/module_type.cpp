// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/module_type.hpp"

#include <array>
#include <utility>

namespace holdfast::component::types {

std::string ModuleType::import_key(std::string_view module, std::string_view name) {
  // The length in front keeps ("a", "b:c") and ("a:b", "c") apart.
  std::string key = std::to_string(module.size());
  key += ':';
  key += module;
  key += name;
  return key;
}

bool ModuleType::add_import(wasm::CoreImport import) {
  const auto position = static_cast<std::uint32_t>(imports_.size());
  if (!import_index_.emplace(import_key(import.module, import.name), position).second) return false;
  imports_.push_back(std::move(import));
  return true;
}

bool ModuleType::add_export(wasm::CoreExport one) {
  if (!export_index_.emplace(one.name, static_cast<std::uint32_t>(exports_.size())).second) return false;
  exports_.push_back(std::move(one));
  return true;
}

const wasm::CoreExternType* ModuleType::find_export(std::string_view name) const {
  const auto found = export_index_.find(name);
  return found == export_index_.end() ? nullptr : &exports_[found->second].type;
}

const wasm::CoreExternType* ModuleType::find_import(std::string_view module, std::string_view name) const {
  const auto found = import_index_.find(import_key(module, name));
  return found == import_index_.end() ? nullptr : &imports_[found->second].type;
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
    for (const wasm::CoreValueType& one : types) text += " " + describe(one);
    text += ")";
  };
  list("param", type.parameters);
  list("result", type.results);
  return text + ")";
}

}  // namespace holdfast::component::types
