// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceSets`: sets of resource types, each stored once as a sorted list; a set is a small id. Types cache the
// resources that occur free in them this way, and most types share a few sets. Owns the lists; grows only.
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
  /// The set of `resources`, in any order, repetitions allowed.
  ResourceSetId intern(std::vector<ResourceId> resources);
  ResourceSetId of(ResourceId resource);
  ResourceSetId without(ResourceSetId set, const std::vector<ResourceId>& removed);
  bool contains(ResourceSetId set, ResourceId resource) const;
  const std::vector<ResourceId>& operator[](ResourceSetId set) const { return sets_[set]; }

  /// How many resources the lists have together.
  std::uint64_t stored() const noexcept { return stored_; }

 private:
  InternTable<ResourceSetId, std::vector<ResourceId>> sets_;
  std::vector<ResourceSetId> singles_;  // by resource: the set of it alone, where there is one
  std::uint64_t stored_ = 0;
};

/// The union of any number of sets, of which only the result is stored. Refers to `sets`.
class ResourceUnion {
 public:
  explicit ResourceUnion(ResourceSets& sets) : sets_(sets) {}

  void add(ResourceSetId part);
  ResourceSetId result();

 private:
  ResourceSets& sets_;
  ResourceSetId first_ = ResourceSets::empty();
  std::vector<ResourceSetId> others_;  // what has more than the first
};

}  // namespace holdfast::component::types
