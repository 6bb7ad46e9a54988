// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of refusals: texts of components, put together from parts, or so large or deep that a limit refuses them.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::component::testing {

inline std::string in_component(std::string_view text) { return "(component " + std::string(text) + ")"; }

inline std::string import_named(std::string_view name) {
  return "(component (import \"" + std::string(name) + "\" (func)))";
}

inline std::string with_suffix(std::string_view name, std::string_view suffix) {
  return "(component (import \"" + std::string(name) + "\" (versionsuffix \"" + std::string(suffix) +
         "\") (instance)))";
}

/// A component that contains `text` after a core instance `$i`, whose exports canonical options may refer to.
inline std::string with_module(std::string_view text) {
  return R"((component (core module $m
      (memory (export "m") 1)
      (func (export "none"))
      (func (export "one") (param i32) (result i32) unreachable)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
      (table (export "t") 1 externref)
      (global (export "g") i32 (i32.const 0)))
    (core instance $i (instantiate $m)) )" +
         std::string(text) + ")";
}

/// Passes `item`, which `definition` defines, to a component that imports `expected` as "x".
inline std::string argument_for(std::string_view definition, std::string_view expected, std::string_view item) {
  return "(component " + std::string(definition) + " (component $c (import \"x\" " + std::string(expected) +
         ")) (instance (instantiate $c (with \"x\" " + std::string(item) + "))))";
}

inline std::string type_for_type(std::string_view actual, std::string_view expected) {
  return "(component (type $g " + std::string(actual) + ") (component $c (type $w " + std::string(expected) +
         ") (import \"x\" (type (eq $w)))) (instance (instantiate $c (with \"x\" (type $g)))))";
}

inline std::string core_argument(std::string_view actual, std::string_view expected) {
  return "(component (core module $a " + std::string(actual) + ") (core module $b (import \"i\" \"x\" " +
         std::string(expected) +
         ")) (core instance $i (instantiate $a)) (core instance (instantiate $b (with \"i\" (instance $i)))))";
}

inline std::string deep_type() {
  std::string text = "(type $t0 (option u8))";
  for (int i = 1; i < 110; ++i) text += "(type $t" + std::to_string(i) + " (option $t" + std::to_string(i - 1) + "))";
  return in_component(text);
}

inline std::string doubling_type() {
  std::string text = "(type $t0 (tuple u8 u8))";
  for (int i = 1; i < 25; ++i)
    text +=
        "(type $t" + std::to_string(i) + " (tuple $t" + std::to_string(i - 1) + " $t" + std::to_string(i - 1) + "))";
  return in_component(text);
}

inline std::string doubling_resources() {
  std::string text = "(type $t0 (instance (export \"r\" (type (sub resource)))))";
  for (int i = 1; i < 25; ++i)
    text += "(type $t" + std::to_string(i) + " (instance (alias outer 1 $t" + std::to_string(i - 1) +
            " (type $p)) (export \"a\" (instance (type $p))) (export \"b\" (instance (type $p)))))";
  return in_component(text);
}

inline std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

inline std::string flags_of(int count) {
  std::string text = "(type (flags";
  for (int i = 0; i < count; ++i) text += " \"f" + std::to_string(i) + "\"";
  return in_component(text + "))");
}

inline std::string chain_of_supertypes() {
  std::string text = "(core type $t0 (sub (struct)))";
  for (int i = 1; i < 70; ++i)
    text += "(core type $t" + std::to_string(i) + " (sub $t" + std::to_string(i - 1) + " (struct)))";
  return in_component(text);
}

}  // namespace holdfast::component::testing
