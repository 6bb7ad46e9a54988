;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; run(n): one component lends a handle to the component that implements the resource, n times.
(component
  (component $Implementer
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing))
    (core module $Main
      (import "thing" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7)))
      (func (export "look") (param $rep i32) (result i32) (local.get $rep)))
    (core instance $main (instantiate $Main (with "thing" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $thing)) (canon lift (core func $main "make")))
    (func (export "look") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $main "look"))))
  (component $Client
    (import "things" (instance $things
      (export "thing" (type $thing (sub resource)))
      (export "make" (func (result (own $thing))))
      (export "look" (func (param "thing" (borrow $thing)) (result u32)))))
    (alias export $things "thing" (type $thing))
    (core func $make (canon lower (func $things "make")))
    (core func $look (canon lower (func $things "look")))
    (core func $drop (canon resource.drop $thing))
    (core module $Main
      (import "things" "make" (func $make (result i32)))
      (import "things" "look" (func $look (param i32) (result i32)))
      (import "things" "drop" (func $drop (param i32)))
      (func (export "run") (param $n i32) (result i32)
        (local $handle i32) (local $sum i32)
        (local.set $handle (call $make))
        (loop $again
          (local.set $sum (i32.add (local.get $sum) (call $look (local.get $handle))))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (call $drop (local.get $handle))
        (local.get $sum)))
    (core instance $main (instantiate $Main (with "things" (instance
      (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))
  (instance $implementer (instantiate $Implementer))
  (instance $client (instantiate $Client (with "things" (instance $implementer))))
  (export "run" (func $client "run")))
