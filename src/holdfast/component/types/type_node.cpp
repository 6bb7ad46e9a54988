// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/type_node.hpp"

namespace holdfast::component::types {

EntitySortNames names_of(EntitySort sort) noexcept {
  switch (sort) {
    case EntitySort::module: return {"module", "module"};
    case EntitySort::function: return {"func", "function"};
    case EntitySort::value: return {"value", "value"};
    case EntitySort::type: return {"type", "type"};
    case EntitySort::instance: return {"instance", "instance"};
    case EntitySort::component: return {"component", "component"};
  }
  return {"item", "item"};
}

bool NamedEntities::add(NameId name, Entity entity) {
  if (find(name) != nullptr) return false;
  items_.push_back({name, entity});
  index_.add(std::hash<NameId>()(name));
  return true;
}

const Entity* NamedEntities::find(NameId name) const {
  const auto position =
      index_.find(std::hash<NameId>()(name), [&](std::uint32_t candidate) { return items_[candidate].name == name; });
  return position ? &items_[*position].entity : nullptr;
}

}  // namespace holdfast::component::types
