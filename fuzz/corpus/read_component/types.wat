;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; One type of each kind, and nested declarations.
(component
  (core type $f (func (param i32 i64 f32 f64) (result i32)))
  (core type $m (module
    (alias outer 1 $f (type $g))
    (import "a" "f" (func (type $g)))
    (import "a" "g" (global (mut i32)))
    (export "t" (table 1 10 funcref))
    (export "m" (memory 1 2))))
  (type $list (list u8))
  (type $record (record (field "a" string) (field "b" $list)))
  (type $instance (instance
    (export "r" (type $r (sub resource)))
    (type $own (own $r))
    (type $borrow (borrow $r))
    (export "rec" (type (eq $list)))
    (export "f" (func (param "x" $own) (param "y" $borrow) (result (option u32))))))
  (type $component (component
    (import "i" (instance $i (type $instance)))
    (alias export $i "r" (type $r))
    (export "r2" (type $r2 (eq $r)))
    (export "g" (func (param "x" (borrow $r2))))
    (export "nested" (component (import "m" (core module)) (export "e" (instance))))))
  (import "a:b/c@1.2.3" (instance $i (type $instance)))
  (import "c" (component $c (type $component)))
  (import "m" (core module $m (type $m)))
  (alias export $i "r" (type $r))
  (alias export $i "f" (func $f))
  (instance $made (instantiate $c (with "i" (instance $i))))
  (instance $bag (export "f" (func $f)) (export "r" (type $r)))
  (export "bag" (instance $bag))
  (export "f" (func $f))
  (@custom "note" "anything"))
