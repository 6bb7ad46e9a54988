;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A resource that the guest implements: a counter in linear memory, whose rep is its address. The host calls its
;; method `add`. The cases for instantiation and loading use this component too.
(component
  (type $counter' (resource (rep i32)))
  (core func $new (canon resource.new $counter'))
  (core module $Main
    (import "counter" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 8))
    (func (export "constructor") (param $start i32) (result i32)
      (local $counter i32)
      (local.set $counter (global.get $next))
      (global.set $next (i32.add (local.get $counter) (i32.const 4)))
      (i32.store (local.get $counter) (local.get $start))
      (call $new (local.get $counter)))
    (func (export "add") (param $counter i32) (param $amount i32) (result i32)
      (i32.store (local.get $counter) (i32.add (i32.load (local.get $counter)) (local.get $amount)))
      (i32.load (local.get $counter))))
  (core instance $main (instantiate $Main (with "counter" (instance (export "new" (func $new))))))
  (func $constructor (param "start" u32) (result (own $counter')) (canon lift (core func $main "constructor")))
  (func $add (param "self" (borrow $counter')) (param "amount" u32) (result u32) (canon lift (core func $main "add")))
  (component $Counters
    (import "counter-type" (type $counter (sub resource)))
    (import "counter-constructor" (func $constructor (param "start" u32) (result (own $counter))))
    (import "counter-add" (func $add (param "self" (borrow $counter)) (param "amount" u32) (result u32)))
    (export $exported "counter" (type $counter))
    (export "[constructor]counter" (func $constructor) (func (param "start" u32) (result (own $exported))))
    (export "[method]counter.add" (func $add)
      (func (param "self" (borrow $exported)) (param "amount" u32) (result u32))))
  (instance $counters (instantiate $Counters
    (with "counter-type" (type $counter'))
    (with "counter-constructor" (func $constructor))
    (with "counter-add" (func $add))))
  (export "bench:guest/counters" (instance $counters)))
