// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/type_node.hpp"

namespace holdfast::component::types {
namespace {

// Below this a scan is faster than a hash table, and most lists are short.
constexpr std::size_t scanned_items = 8;

}  // namespace

bool NamedEntities::add(NameId name, Entity entity) {
  if (find(name) != nullptr) return false;
  items_.push_back({name, entity});
  if (items_.size() == scanned_items + 1) {
    for (std::size_t i = 0; i < items_.size(); ++i) positions_.emplace(items_[i].name, static_cast<std::uint32_t>(i));
  } else if (items_.size() > scanned_items) {
    positions_.emplace(name, static_cast<std::uint32_t>(items_.size() - 1));
  }
  return true;
}

const Entity* NamedEntities::find(NameId name) const {
  if (items_.size() <= scanned_items) {
    for (const Item& item : items_)
      if (item.name == name) return &item.entity;
    return nullptr;
  }
  const auto found = positions_.find(name);
  return found == positions_.end() ? nullptr : &items_[found->second].entity;
}

}  // namespace holdfast::component::types
