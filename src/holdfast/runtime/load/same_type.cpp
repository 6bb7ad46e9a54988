// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/load/same_type.hpp"

#include <map>
#include <utility>

namespace holdfast::runtime {
namespace {

using component::FunctionType;
using component::InterfaceType;
using component::InterfaceTypeId;
using component::InterfaceTypes;
using component::TypeKind;

class Comparison {
 public:
  Comparison(const InterfaceTypes& ours, const InterfaceTypes& theirs, const SameResource& same_resource)
      : our_types_(ours), their_types_(theirs), same_resource_(same_resource) {}

  bool same(InterfaceTypeId ours, InterfaceTypeId theirs) {
    // Results are remembered: the work then depends on the size of the types, not on their full expansion.
    const auto key = std::pair(ours, theirs);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const bool result = same(our_types_[ours], their_types_[theirs]);
    known_.emplace(key, result);
    return result;
  }

  bool same(const std::optional<InterfaceTypeId>& ours, const std::optional<InterfaceTypeId>& theirs) {
    if (ours.has_value() != theirs.has_value()) return false;
    return !ours || same(*ours, *theirs);
  }

 private:
  bool same(const InterfaceType& ours, const InterfaceType& theirs) {
    if (ours.kind != theirs.kind) return false;
    switch (ours.kind) {
      case TypeKind::own:
      case TypeKind::borrow: return same_resource_(ours.resource, theirs.resource);
      case TypeKind::list: return same(ours.element, theirs.element);
      case TypeKind::fixed_list: return ours.length == theirs.length && same(ours.element, theirs.element);
      case TypeKind::map: return same(ours.key, theirs.key) && same(ours.element, theirs.element);
      case TypeKind::flags: return ours.labels == theirs.labels;
      default: return same_fields(ours, theirs) && same_cases(ours, theirs);
    }
  }

  bool same_fields(const InterfaceType& ours, const InterfaceType& theirs) {
    if (ours.fields.size() != theirs.fields.size()) return false;
    for (std::size_t i = 0; i < ours.fields.size(); ++i) {
      if (ours.fields[i].name != theirs.fields[i].name || !same(ours.fields[i].type, theirs.fields[i].type))
        return false;
    }
    return true;
  }

  bool same_cases(const InterfaceType& ours, const InterfaceType& theirs) {
    if (ours.cases.size() != theirs.cases.size()) return false;
    for (std::size_t i = 0; i < ours.cases.size(); ++i) {
      if (ours.cases[i].name != theirs.cases[i].name || !same(ours.cases[i].type, theirs.cases[i].type)) return false;
    }
    return true;
  }

  const InterfaceTypes& our_types_;
  const InterfaceTypes& their_types_;
  const SameResource& same_resource_;
  std::map<std::pair<InterfaceTypeId, InterfaceTypeId>, bool> known_;
};

}  // namespace

bool same_function_type(const InterfaceTypes& our_types, const FunctionType& ours, const InterfaceTypes& their_types,
                        const FunctionType& theirs, const SameResource& same_resource) {
  if (ours.is_async != theirs.is_async || ours.parameters.size() != theirs.parameters.size()) return false;
  Comparison comparison(our_types, their_types, same_resource);
  for (std::size_t i = 0; i < ours.parameters.size(); ++i) {
    if (ours.parameters[i].name != theirs.parameters[i].name) return false;
    if (!comparison.same(ours.parameters[i].type, theirs.parameters[i].type)) return false;
  }
  return comparison.same(ours.result, theirs.result);
}

}  // namespace holdfast::runtime
