// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceSets`: sets of resource types, each stored once as a sorted list; a set is a small id. Types cache the
// resources that occur free in them this way, and most types share a few sets. Owns the lists; grows only.
#pragma once

#include <vector>

#include "holdfast/component/types/intern_table.hpp"
#include "holdfast/component/types/type_node.hpp"

namespace holdfast::component::types {

using ResourceSetId = Id<struct ResourceSetTag>;

class ResourceSets {
 public:
  ResourceSets();

  static ResourceSetId empty() { return ResourceSetId(0); }
  /// The set of `resources`, in any order, repetitions allowed.
  ResourceSetId intern(std::vector<ResourceId> resources);
  ResourceSetId of(ResourceId resource);
  ResourceSetId join(ResourceSetId a, ResourceSetId b);
  ResourceSetId without(ResourceSetId set, const std::vector<ResourceId>& removed);
  bool contains(ResourceSetId set, ResourceId resource) const;
  const std::vector<ResourceId>& operator[](ResourceSetId set) const { return sets_[set]; }

 private:
  InternTable<ResourceSetId, std::vector<ResourceId>> sets_;
  std::vector<ResourceSetId> singles_;  // by resource: the set of it alone, where there is one
};

}  // namespace holdfast::component::types
