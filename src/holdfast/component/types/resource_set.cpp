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

ResourceSetId ResourceSets::of(ResourceId resource) {
  if (resource.index() >= singles_.size()) singles_.resize(resource.index() + std::size_t{1});
  ResourceSetId& single = singles_[resource.index()];
  if (!single.is_valid()) single = intern({resource});
  return single;
}

ResourceSetId ResourceSets::join(ResourceSetId a, ResourceSetId b) {
  const std::vector<ResourceId>& of_a = sets_[a];
  const std::vector<ResourceId>& of_b = sets_[b];
  // Nearly always the one has all of the other.
  if (a == b || std::includes(of_a.begin(), of_a.end(), of_b.begin(), of_b.end())) return a;
  if (std::includes(of_b.begin(), of_b.end(), of_a.begin(), of_a.end())) return b;
  std::vector<ResourceId> joined;
  std::set_union(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(joined));
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
