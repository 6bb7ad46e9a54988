// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which parts of a component define, own and borrow each resource. The types of the calls between the parts decide: a
// function that returns an own makes its caller an owner; one that takes a borrow makes its callee a borrower. Pure
// functions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "holdfast/component/program/program.hpp"

namespace holdfast::cli {

/// The functions through which each party gets handles. A party is a component instance ("root"), an imported
/// interface, or "caller", the caller of the component's exports.
using Parties = std::map<std::string, std::set<std::string>>;

struct ResourceFlow {
  std::string name;
  std::string definer;  ///< the party that defines it
  bool is_imported = false;
  bool has_destructor = false;
  Parties owners;
  Parties borrowers;
};

std::vector<ResourceFlow> resource_flows(const component::Program& program);

std::string to_text(const std::vector<ResourceFlow>& flows);
/// A graph for Graphviz.
std::string to_dot(const std::vector<ResourceFlow>& flows);

}  // namespace holdfast::cli
