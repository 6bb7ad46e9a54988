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
  const std::size_t size = resources.size();
  const auto [id, is_new] = sets_.add(std::move(resources), hash);
  if (is_new) stored_ += size;
  return id;
}

ResourceSetId ResourceSets::of(ResourceId resource) {
  if (resource.index() >= singles_.size()) singles_.resize(resource.index() + std::size_t{1});
  ResourceSetId& single = singles_[resource.index()];
  if (!single.is_valid()) single = intern({resource});
  return single;
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

void ResourceUnion::add(ResourceSetId part) {
  // Nearly always the first set already contains all resources of the others.
  if (part == first_ || part == ResourceSets::empty()) return;
  if (first_ == ResourceSets::empty()) {
    first_ = part;
    return;
  }
  const auto is_in_first = [this](ResourceId resource) { return sets_.contains(first_, resource); };
  if (!std::ranges::all_of(sets_[part], is_in_first)) others_.push_back(part);
}

ResourceSetId ResourceUnion::result() {
  if (others_.empty()) return first_;
  std::sort(others_.begin(), others_.end());
  others_.erase(std::unique(others_.begin(), others_.end()), others_.end());
  std::vector<ResourceId> all = sets_[first_];
  for (const ResourceSetId other : others_) all.insert(all.end(), sets_[other].begin(), sets_[other].end());
  return sets_.intern(std::move(all));
}

}  // namespace holdfast::component::types
