;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; run(n): calls resource.new, then resource.drop on the new handle, n times. The type has no destructor.
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $Main
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "thing" "drop" (func $drop (param i32)))
    (func (export "run") (param $n i32) (result i32)
      (local $left i32)
      (local.set $left (local.get $n))
      (loop $again
        (call $drop (call $new (local.get $left)))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (local.get $n)))
  (core instance $main (instantiate $Main (with "thing" (instance
    (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))
