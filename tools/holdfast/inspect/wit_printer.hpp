// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The world of a component as WIT text: what it imports and exports, with the interfaces by package below. Programs
// keep no names of value types, so an interface's records, variants, enums and flags are found again by their
// structure. Pure functions; any thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "holdfast/component/program/program.hpp"

namespace holdfast::cli {

/// Imports and exports in one form.
struct WitItem {
  struct Module {};
  struct Component {};
  using Children = std::vector<WitItem>;
  std::string name;
  std::variant<component::FunctionTypeId, component::ResourceSlot, component::InterfaceTypeId, Module, Component,
               Children>
      what;
};

WitItem::Children imports_of(const component::Program& program);
WitItem::Children exports_of(const component::Program& program);

/// "package root:component; world root { … } package demo:store@0.1.0 { interface kv { … } }".
std::string world_to_wit(const component::Program& program);

}  // namespace holdfast::cli
