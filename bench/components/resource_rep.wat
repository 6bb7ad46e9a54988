;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; run(n): calls resource.rep on one handle, n times.
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $rep (canon resource.rep $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $Main
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "thing" "rep" (func $rep (param i32) (result i32)))
    (import "thing" "drop" (func $drop (param i32)))
    (func (export "run") (param $n i32) (result i32)
      (local $handle i32) (local $sum i32)
      (local.set $handle (call $new (i32.const 7)))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (call $rep (local.get $handle))))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $drop (local.get $handle))
      (local.get $sum)))
  (core instance $main (instantiate $Main (with "thing" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))
