// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guests that many rule tests use: one that implements resources, and its clients.
#pragma once

#include <string>
#include <vector>

#include "component_text.hpp"

namespace holdfast::rules {

/// run: func() -> u32
inline const Function run{.name = "run", .type = "(result u32)"};

/// The same, with the core function `after` as its post-return.
inline const Function run_then_after{"run", "(result u32)", "", R"((post-return (core func $main "after")))"};

/// use: func(t: borrow<thing>) -> u32
inline const Function use_thing{"use", R"((param "t" (borrow $thing)) (result u32))", "(param i32) (result i32)"};

/// A component whose `run` returns 42.
inline const std::string simple =
    component({.exports = {run}, .core = "(func (export \"run\") (result i32) (i32.const 42))"});

/// Implements `r`, whose destructor logs the rep, and `s`. A borrow that it receives is the rep itself.
///   make, make-s: func(rep: u32) -> own           take, take-s: func(h: own), which drop it
///   look, look-s: func(h: borrow) -> u32, the rep  look-two: func(a: borrow, b: borrow) -> u32, the sum
///   look-take, take-look, take-two: take a borrow (look) or own (take) of `r` per word, and drop the owns
///   keep: func(h: own), which keeps it             drop-kept: func(), which drops the kept handle
const Guest& provider();

/// The functions of `provider`, as imports for its clients.
const std::vector<Function>& provider_functions();

/// `provider` and a client of it with these core functions, in one component. The client's functions are at "client/…".
std::string with_provider(const std::string& core, const std::vector<Function>& exports = {run},
                          const std::vector<Function>& host = {});

/// The client alone, which imports "peer".
std::string client_of_peer(const std::string& core, const std::vector<Function>& exports = {run},
                           const std::vector<Function>& host = {});

}  // namespace holdfast::rules
