// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the component text that the rule tests share, so that a test shows only what it is about: core functions and
// the types of what is imported and exported. Every component made here
//   - imports the instance "host" with the resource type `thing`, the function `log: func(value: u32)`, and the host
//     functions that the test names;
//   - has one core module with the test's functions. It imports $log, $drop-thing, $realloc, `memory` (one page) and
//     `table`. What it puts into the table is called in its place: element 0 (i32) -> () as destructor of `r`,
//     1 as realloc (else: memory from 4096 up, never freed), 2 (i32) -> i32 and 3 (i32) -> () by a child component;
//   - when it `defines`: has resource types `r` (with the destructor) and `s` (without one), and the core functions
//     $new-r, $rep-r, $drop-r, $new-s, $rep-s, $drop-s.
#pragma once

#include <string>
#include <vector>

namespace holdfast::rules {

struct Function {
  std::string name = {};     ///< also of the core function
  std::string type = {};     ///< after `func`: `(param "r" (own $r)) (result u32)`
  std::string core = {};     ///< an import's core type: `(param i32) (result i32)`
  std::string options = {};  ///< further canonical options of an export
};

struct Builtin {
  std::string name;   ///< of the core function
  std::string canon;  ///< `context.get i32 0`
  std::string core;
};

/// Records, variants and the like need a name where they are imported or exported.
struct NamedType {
  std::string name;
  std::string definition;
};

struct Guest {
  bool defines = false;
  std::vector<NamedType> types = {};       ///< exported when it defines `r`, else its peer's
  std::vector<NamedType> host_types = {};  ///< the host's
  std::vector<Builtin> builtins = {};
  std::vector<Function> host = {};  ///< imported from the host
  std::vector<Function> peer = {};  ///< imported from the instance "peer"; with its `r` and `s` unless this one defines
  std::vector<Function> exports = {};  ///< lifted from `core`
  std::string core = {};
};

/// One component; it imports "peer" when it names functions of it, and else stands alone.
std::string component(const Guest& guest);

/// A component whose only export is the instance "peer": that guest. For linkers, which take it as somebody's peer.
std::string as_peer(const Guest& guest);

/// A component with the instances "provider" and "client" inside and outside; the client's peer is the provider.
std::string pair(const Guest& provider, const Guest& client);

/// The parent's peer is the child inside it, whose exports it calls. The child's peer is the parent, which gives it
/// `again: func(x: u32) -> u32` and `again-with-thing: func(t: borrow<thing>)`: elements 2 and 3 of the parent's table.
/// Exactly one of them defines `r` and `s`.
std::string nested(const Guest& parent, const Guest& child);

}  // namespace holdfast::rules
