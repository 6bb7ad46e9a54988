// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/exports.hpp"

#include "holdfast/runtime/link/link.hpp"

namespace holdfast::embed {

const component::ExportItem* find_export(const component::ExportTree& exports, std::string_view name) {
  for (const auto& [candidate, item] : exports) {
    if (candidate == name) return &item;
  }
  return nullptr;
}

const component::ExportTree* find_interface(const component::ExportTree& exports, std::string_view interface_name) {
  const component::ExportItem* match = find_export(exports, interface_name);
  const std::string track = runtime::version_track(interface_name);
  for (auto candidate = exports.begin(); match == nullptr && candidate != exports.end(); ++candidate) {
    if (runtime::version_track(candidate->name) == track) match = &candidate->item;
  }
  return match == nullptr ? nullptr : std::get_if<component::ExportTree>(&match->item);
}

}  // namespace holdfast::embed
