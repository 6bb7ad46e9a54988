;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; A start function, growth of memory and table, context storage, and thread.yield.
(component
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core func $yield (canon thread.yield))
  (core module $M
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (import "" "yield" (func $yield (result i32)))
    (memory 1 10)
    (table 1 100 funcref)
    (func $start (call $set (i32.const 3)) (drop (memory.grow (i32.const 1))))
    (start $start)
    (func (export "grow") (result i32)
      (i32.add (memory.grow (i32.const 2)) (table.grow (ref.null func) (i32.const 50))))
    (func (export "context") (result i32) (call $set (i32.const 4)) (call $get))
    (func (export "yield") (drop (call $yield)))
    (func $again (export "recurse") (call $again)))
  (core instance $m (instantiate $M (with "" (instance
    (export "get" (func $get)) (export "set" (func $set)) (export "yield" (func $yield))))))
  (func (export "grow") (result u32) (canon lift (core func $m "grow")))
  (func (export "context") (result u32) (canon lift (core func $m "context")))
  (func (export "yield") (canon lift (core func $m "yield")))
  (func (export "recurse") (canon lift (core func $m "recurse"))))
