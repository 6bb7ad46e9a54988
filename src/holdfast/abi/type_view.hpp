// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of a component, for comparison with C++ types: its interface types, and which C++ class stands for which
// resource type. A view that lives for one comparison; it owns neither.
#pragma once

#include "holdfast/component/program/interface_type.hpp"

namespace holdfast::abi {

/// The identity of a C++ type, without RTTI. Two are equal exactly if the types are the same.
using CppType = const void*;
template <class T>
inline char cpp_type_anchor = 0;
template <class T>
CppType cpp_type() noexcept {
  return &cpp_type_anchor<T>;
}

/// Knows the C++ classes of a component's resource types.
class ResourceMatcher {
 public:
  /// Whether the C++ class stands for the resource type of `slot`.
  virtual bool stands_for(CppType type, component::ResourceSlot slot) const = 0;

 protected:
  ~ResourceMatcher() = default;
};

class TypeView {
 public:
  /// A view in which no C++ class stands for a resource type.
  // NOLINTNEXTLINE(google-explicit-constructor): converts on purpose
  TypeView(const component::InterfaceTypes& types) noexcept : types_(types) {}
  TypeView(const component::InterfaceTypes& types, const ResourceMatcher& resources) noexcept
      : types_(types), resources_(&resources) {}

  const component::InterfaceType& operator[](component::InterfaceTypeId id) const { return types_[id]; }
  const component::InterfaceTypes& all() const noexcept { return types_; }
  bool stands_for(CppType type, component::ResourceSlot slot) const {
    return resources_ != nullptr && resources_->stands_for(type, slot);
  }

 private:
  const component::InterfaceTypes& types_;
  const ResourceMatcher* resources_ = nullptr;
};

}  // namespace holdfast::abi
