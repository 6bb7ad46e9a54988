;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; For the tests of the command: imports the interface that provider.wat exports, and exports a similar one.
(component
  (import "test:numbers/source@1.0.0" (instance $source (export "next" (func (param "after" u32) (result u32)))))
  (core func $next (canon lower (func $source "next")))
  (core module $main
    (import "host" "next" (func $next (param i32) (result i32)))
    (func (export "double") (param i32) (result i32) (i32.mul (call $next (local.get 0)) (i32.const 2))))
  (core instance $main (instantiate $main (with "host" (instance (export "next" (func $next))))))
  (func $double (param "n" u32) (result u32) (canon lift (core func $main "double")))
  (instance $doubled (export "double" (func $double)))
  (export "test:numbers/doubled@1.0.0" (instance $doubled)))
