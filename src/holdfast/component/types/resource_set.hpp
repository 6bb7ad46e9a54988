// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceSets`: sets of resource types. Each set is stored once, as a sorted list, and referred to by a small id.
// Types cache their free resources as such sets; most types share a few sets. Owns the lists; sets are never removed.
#pragma once

#include <cstdint>
#include <vector>

#include "holdfast/component/types/intern_table.hpp"
#include "holdfast/component/types/type_node.hpp"

namespace holdfast::component::types {

using ResourceSetId = Id<struct ResourceSetTag>;

class ResourceSets {
 public:
  ResourceSets();

  static ResourceSetId empty() { return ResourceSetId(0); }
  /// The set of `resources`, which may be in any order and contain duplicates.
  ResourceSetId intern(std::vector<ResourceId> resources);
  ResourceSetId of(ResourceId resource);
  ResourceSetId without(ResourceSetId set, const std::vector<ResourceId>& removed);
  bool contains(ResourceSetId set, ResourceId resource) const;
  const std::vector<ResourceId>& operator[](ResourceSetId set) const { return sets_[set]; }

  /// Total number of resources in all lists.
  std::uint64_t stored() const noexcept { return stored_; }

 private:
  InternTable<ResourceSetId, std::vector<ResourceId>> sets_;
  std::vector<ResourceSetId> singles_;  // by resource: the set of only that resource; invalid until it is needed
  std::uint64_t stored_ = 0;
};

/// The union of any number of sets. Only the result is stored in `sets`, which must outlive the union.
class ResourceUnion {
 public:
  explicit ResourceUnion(ResourceSets& sets) : sets_(sets) {}

  void add(ResourceSetId part);
  ResourceSetId result();

 private:
  ResourceSets& sets_;
  ResourceSetId first_ = ResourceSets::empty();
  std::vector<ResourceSetId> others_;  // sets with resources that first_ lacks
};

}  // namespace holdfast::component::types
