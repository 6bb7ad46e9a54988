// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the component text that the rule tests share. A test then shows only what it is about: core functions and the
// types of imports and exports. Every component written here
//   - imports the instance "host" with the resource type `thing`, the function `log: func(value: u32)`, and the host
//     functions that the test lists;
//   - has one core module with the test's functions. It imports $log, $drop-thing, $realloc, `memory` (one page) and
//     `table`. Functions that it puts into the table are called as follows: element 0 (i32) -> () as destructor of `r`;
//     element 1 as realloc (default: allocates memory from 4096 up and never frees it); elements 2 (i32) -> i32 and
//     3 (i32) -> () by a child component;
//   - if `defines` is set, has the resource types `r` (with the destructor) and `s` (without one), and the core
//   functions
//     $new-r, $rep-r, $drop-r, $new-s, $rep-s, $drop-s.
#pragma once

#include <string>
#include <vector>

namespace holdfast::rules {

struct Function {
  std::string name = {};     ///< the name of the component function and of the core function
  std::string type = {};     ///< after `func`: `(param "r" (own $r)) (result u32)`
  std::string core = {};     ///< core type, for an import: `(param i32) (result i32)`
  std::string options = {};  ///< more canonical options, for an export
};

struct Builtin {
  std::string name;   ///< the name of the core function
  std::string canon;  ///< `context.get i32 0`
  std::string core;
};

/// A record, variant or other type that needs a name to be imported or exported.
struct NamedType {
  std::string name;
  std::string definition;
};

struct Guest {
  bool defines = false;
  std::vector<NamedType> types = {};       ///< exported if `defines` is set, otherwise imported from the peer
  std::vector<NamedType> host_types = {};  ///< imported from the host
  std::vector<Builtin> builtins = {};
  std::vector<Function> host = {};  ///< imported from the host
  std::vector<Function> peer = {};  ///< imported from the instance "peer", with its `r` and `s` unless `defines` is set
  std::vector<Function> exports = {};  ///< lifted from `core`
  std::string core = {};
};

/// One component. It imports "peer" only if `guest` lists functions of the peer.
std::string component(const Guest& guest);

/// A component whose only export is `guest` as the instance "peer", for a linker that provides it to another component.
std::string as_peer(const Guest& guest);

/// A component that contains and exports the instances "provider" and "client"; the client's peer is the provider.
std::string pair(const Guest& provider, const Guest& client);

/// A parent component with a child component in it. The parent's peer is the child, whose exports it calls. The child's
/// peer is the parent, which provides `again: func(x: u32) -> u32` and `again-with-thing: func(t: borrow<thing>)`,
/// elements 2 and 3 of the parent's table. Exactly one of them defines `r` and `s`.
std::string nested(const Guest& parent, const Guest& child);

}  // namespace holdfast::rules
