// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "standard_guests.hpp"

namespace holdfast::rules {

const std::vector<Function>& provider_functions() {
  static const std::vector<Function> functions{
      {"make", R"((param "rep" u32) (result (own $r)))", "(param i32) (result i32)"},
      {"make-s", R"((param "rep" u32) (result (own $s)))", "(param i32) (result i32)"},
      {"take", R"((param "h" (own $r)))", "(param i32)"},
      {"take-s", R"((param "h" (own $s)))", "(param i32)"},
      {"look", R"((param "h" (borrow $r)) (result u32))", "(param i32) (result i32)"},
      {"look-s", R"((param "h" (borrow $s)) (result u32))", "(param i32) (result i32)"},
      {"look-two", R"((param "a" (borrow $r)) (param "b" (borrow $r)) (result u32))", "(param i32 i32) (result i32)"},
      {"look-take", R"((param "a" (borrow $r)) (param "b" (own $r)))", "(param i32 i32)"},
      {"take-look", R"((param "a" (own $r)) (param "b" (borrow $r)))", "(param i32 i32)"},
      {"take-two", R"((param "a" (own $r)) (param "b" (own $r)))", "(param i32 i32)"},
      {"keep", R"((param "h" (own $r)))", "(param i32)"},
      {"drop-kept", "", ""},
  };
  return functions;
}

const Guest& provider() {
  static const Guest guest{.defines = true, .exports = provider_functions(), .core = R"(
    (global $kept (mut i32) (i32.const 0))
    (func $destructor (param i32) (call $log (local.get 0)))
    (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0)))
    (func (export "make-s") (param i32) (result i32) (call $new-s (local.get 0)))
    (func (export "take") (param i32) (call $drop-r (local.get 0)))
    (func (export "take-s") (param i32) (call $drop-s (local.get 0)))
    (func (export "look") (param i32) (result i32) (local.get 0))
    (func (export "look-s") (param i32) (result i32) (local.get 0))
    (func (export "look-two") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "look-take") (param i32 i32) (call $drop-r (local.get 1)))
    (func (export "take-look") (param i32 i32) (call $drop-r (local.get 0)))
    (func (export "take-two") (param i32 i32) (call $drop-r (local.get 0)) (call $drop-r (local.get 1)))
    (func (export "keep") (param i32) (global.set $kept (local.get 0)))
    (func (export "drop-kept") (call $drop-r (global.get $kept))))"};
  return guest;
}

namespace {

Guest client(const std::string& core, const std::vector<Function>& exports, const std::vector<Function>& host) {
  return {.host = host, .peer = provider_functions(), .exports = exports, .core = core};
}

}  // namespace

std::string with_provider(const std::string& core, const std::vector<Function>& exports,
                          const std::vector<Function>& host) {
  return pair(provider(), client(core, exports, host));
}

std::string client_of_peer(const std::string& core, const std::vector<Function>& exports,
                           const std::vector<Function>& host) {
  return component(client(core, exports, host));
}

}  // namespace holdfast::rules
