// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generates a component, as text, that has no core modules: many interfaces with types, resources and methods, which
// are imported, passed to nested components, and exported again.
#pragma once

#include <fmt/core.h>
#include <string>

namespace holdfast::bench {

/// Its size grows linearly with `interfaces`.
inline std::string synthetic_component(int interfaces) {
  std::string text = "(component\n";
  for (int i = 0; i < interfaces; ++i) {
    std::string methods;
    for (int m = 0; m < 8; ++m) {
      methods += fmt::format(
          R"((export "[method]item.act{0}" (func (param "self" (borrow $item)) (param "at" $point) (param "text" string)
               (result $outcome)))
)",
          m);
    }
    const std::string members = R"((type $point' (record (field "x" u32) (field "y" f64) (field "label" string)))
      (export "point" (type $point (eq $point')))
      (type $shape' (variant (case "dot") (case "line" (tuple $point $point)) (case "path" (list $point))))
      (export "shape" (type $shape (eq $shape')))
      (type $mode' (flags "read" "write" "append" "exclusive"))
      (export "mode" (type $mode (eq $mode')))
      (export "item" (type $item (sub resource)))
      (type $outcome (result (option $shape) (error string)))
      (export "[constructor]item" (func (param "start" $point) (param "mode" $mode) (result (own $item))))
      (export "[static]item.join" (func (param "parts" (list (own $item))) (result (own $item))))
)" + methods;
    const std::string name = fmt::format("bench:synthetic/part{}@1.2.3", i);
    text += fmt::format("(import \"{0}\" (instance $part{1}\n      {2}))\n", name, i, members);
    text += fmt::format(
        "(component $wrap{1} (import \"{0}\" (instance $inner\n      {2}))\n  (export \"{0}\" (instance $inner)))\n",
        name, i, members);
    text += fmt::format("(instance $wrapped{1} (instantiate $wrap{1} (with \"{0}\" (instance $part{1}))))\n", name, i);
    text += fmt::format("(export \"{0}\" (instance $wrapped{1} \"{0}\"))\n", name, i);
  }
  return text + ")\n";
}

}  // namespace holdfast::bench
