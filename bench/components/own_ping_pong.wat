;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; run(n): one component passes an own handle to another, which implements the resource and returns it, n times.
(component
  (component $Implementer
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing))
    (core module $Main
      (import "thing" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7)))
      (func (export "bounce") (param $handle i32) (result i32) (local.get $handle)))
    (core instance $main (instantiate $Main (with "thing" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $thing)) (canon lift (core func $main "make")))
    (func (export "bounce") (param "thing" (own $thing)) (result (own $thing)) (canon lift (core func $main "bounce"))))
  (component $Client
    (import "things" (instance $things
      (export "thing" (type $thing (sub resource)))
      (export "make" (func (result (own $thing))))
      (export "bounce" (func (param "thing" (own $thing)) (result (own $thing))))))
    (alias export $things "thing" (type $thing))
    (core func $make (canon lower (func $things "make")))
    (core func $bounce (canon lower (func $things "bounce")))
    (core func $drop (canon resource.drop $thing))
    (core module $Main
      (import "things" "make" (func $make (result i32)))
      (import "things" "bounce" (func $bounce (param i32) (result i32)))
      (import "things" "drop" (func $drop (param i32)))
      (func (export "run") (param $n i32) (result i32)
        (local $handle i32) (local $left i32)
        (local.set $handle (call $make))
        (local.set $left (local.get $n))
        (loop $again
          (local.set $handle (call $bounce (local.get $handle)))
          (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $drop (local.get $handle))
        (local.get $n)))
    (core instance $main (instantiate $Main (with "things" (instance
      (export "make" (func $make)) (export "bounce" (func $bounce)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))
  (instance $implementer (instantiate $Implementer))
  (instance $client (instantiate $Client (with "things" (instance $implementer))))
  (export "run" (func $client "run")))
