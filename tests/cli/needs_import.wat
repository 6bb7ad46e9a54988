;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; For the tests of the command: imports an interface and calls it.
(component
  (import "test:numbers/source@1.0.0" (instance $source (export "next" (func (param "after" u32) (result u32)))))
  (core func $next (canon lower (func $source "next")))
  (core module $main
    (import "host" "next" (func $next (param i32) (result i32)))
    (func (export "twice") (param i32) (result i32) (call $next (call $next (local.get 0)))))
  (core instance $main (instantiate $main (with "host" (instance (export "next" (func $next))))))
  (func (export "twice") (param "start" u32) (result u32) (canon lift (core func $main "twice"))))
