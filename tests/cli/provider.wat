;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; For the tests of the command: exports the interface that needs_import.wat imports.
(component
  (core module $main (func (export "next") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
  (core instance $main (instantiate $main))
  (func $next (param "after" u32) (result u32) (canon lift (core func $main "next")))
  (instance $source (export "next" (func $next)))
  (export "test:numbers/source@1.0.0" (instance $source)))
