// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/resource_set.hpp"

#include <algorithm>
#include <iterator>

namespace holdfast::component::types {

ResourceSets::ResourceSets() { sets_.add({}, 0); }

ResourceSetId ResourceSets::intern(std::vector<ResourceId> resources) {
  if (resources.empty()) return empty();
  std::sort(resources.begin(), resources.end());
  resources.erase(std::unique(resources.begin(), resources.end()), resources.end());
  std::size_t hash = resources.size();
  for (const ResourceId resource : resources) mix(hash, resource.index());
  return sets_.add(std::move(resources), hash).first;
}

ResourceSetId ResourceSets::join(ResourceSetId a, ResourceSetId b) {
  if (a == b || b == empty()) return a;
  if (a == empty()) return b;
  std::vector<ResourceId> joined;
  std::set_union(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end(), std::back_inserter(joined));
  return intern(std::move(joined));
}

ResourceSetId ResourceSets::without(ResourceSetId set, const std::vector<ResourceId>& removed) {
  if (set == empty() || removed.empty()) return set;
  std::vector<ResourceId> sorted = removed;
  std::sort(sorted.begin(), sorted.end());
  std::vector<ResourceId> rest;
  std::set_difference(sets_[set].begin(), sets_[set].end(), sorted.begin(), sorted.end(), std::back_inserter(rest));
  return intern(std::move(rest));
}

bool ResourceSets::contains(ResourceSetId set, ResourceId resource) const {
  return std::binary_search(sets_[set].begin(), sets_[set].end(), resource);
}

}  // namespace holdfast::component::types
