;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; run(n): calls the method `add` of one resource that the host implements, n times.
(component
  (import "bench:host/counters" (instance $counters
    (export "counter" (type $counter (sub resource)))
    (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
    (export "[method]counter.add" (func (param "self" (borrow $counter)) (param "amount" u32) (result u32)))))
  (alias export $counters "counter" (type $counter))
  (core func $new (canon lower (func $counters "[constructor]counter")))
  (core func $add (canon lower (func $counters "[method]counter.add")))
  (core func $drop (canon resource.drop $counter))
  (core module $Main
    (import "counter" "new" (func $new (param i32) (result i32)))
    (import "counter" "add" (func $add (param i32 i32) (result i32)))
    (import "counter" "drop" (func $drop (param i32)))
    (func (export "run") (param $n i32) (result i32)
      (local $handle i32) (local $last i32)
      (local.set $handle (call $new (i32.const 0)))
      (loop $again
        (local.set $last (call $add (local.get $handle) (i32.const 1)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $drop (local.get $handle))
      (local.get $last)))
  (core instance $main (instantiate $Main (with "counter" (instance
    (export "new" (func $new)) (export "add" (func $add)) (export "drop" (func $drop))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))
