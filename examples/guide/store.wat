;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Exports the interface that the plugins of ../plugin_host import: demo:store/kv, whose buckets keep values under keys.
;; A bucket of this store keeps one value, the last that was set.
(component
  (core module $Heap
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 64))
    ;; Memory is never released, which is enough for a short run.
    (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param i32) (param $size i32) (result i32)
      (local $address i32)
      (local.set $address (global.get $next))
      (if (i32.gt_u (local.get $size) (i32.sub (i32.const 0x7fff_fff8) (local.get $address))) (then unreachable))
      (global.set $next (i32.and (i32.add (i32.add (local.get $address) (local.get $size)) (i32.const 7)) (i32.const -8)))
      (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16))) (then
        (if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16)))))
          (then unreachable))))
      (local.get $address))
    ;; The number of buckets. It is counted in this module because the destructor must exist before $Main does.
    (global $open (mut i32) (i32.const 0))
    (func (export "count") (param $more i32) (result i32)
      (global.set $open (i32.add (global.get $open) (local.get $more)))
      (global.get $open))
    (func (export "destroy") (param $bucket i32)
      (global.set $open (i32.sub (global.get $open) (i32.const 1)))))
  (core instance $heap (instantiate $Heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "cabi_realloc" (core func $realloc))

  (type $bucket (resource (rep i32) (dtor (core func $heap "destroy"))))
  (core func $new (canon resource.new $bucket))

  (core module $Main
    (import "heap" "memory" (memory 1))
    (import "heap" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "heap" "count" (func $count (param i32) (result i32)))
    (import "bucket" "new" (func $new (param i32) (result i32)))
    (data (i32.const 0) "a key must not be empty")
    ;; bytes 24 to 39: the result area

    ;; A bucket is four numbers: address and length of the key, address and length of the value.
    (func (export "constructor") (param i32 i32) (result i32)
      (drop (call $count (i32.const 1)))
      (call $new (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 16))))

    (func $equal (param $a i32) (param $b i32) (param $size i32) (result i32)
      (loop $next
        (if (i32.eqz (local.get $size)) (then (return (i32.const 1))))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br_if $next (i32.eq
          (i32.load8_u (i32.add (local.get $a) (local.get $size)))
          (i32.load8_u (i32.add (local.get $b) (local.get $size))))))
      (i32.const 0))

    ;; The result is an option<list<u8>>: 0 for none, or 1 and the bytes.
    (func (export "get") (param $bucket i32) (param $key i32) (param $size i32) (result i32)
      (i32.store (i32.const 24) (i32.const 0))
      (if (i32.ne (local.get $size) (i32.load offset=4 (local.get $bucket))) (then (return (i32.const 24))))
      (if (i32.eqz (local.get $size)) (then (return (i32.const 24))))
      (if (call $equal (local.get $key) (i32.load (local.get $bucket)) (local.get $size)) (then
        (i32.store (i32.const 24) (i32.const 1))
        (i64.store (i32.const 28) (i64.load offset=8 (local.get $bucket)))))
      (i32.const 24))

    ;; The result is a result<_, string>: 0 for ok, or 1 and the text.
    (func (export "set")
      (param $bucket i32) (param $key i32) (param $size i32) (param $value i32) (param $length i32) (result i32)
      (i32.store (i32.const 24) (i32.eqz (local.get $size)))
      (i32.store (i32.const 28) (i32.const 0))
      (i32.store (i32.const 32) (i32.const 23))
      (if (local.get $size) (then
        (i32.store (local.get $bucket) (local.get $key))
        (i32.store offset=4 (local.get $bucket) (local.get $size))
        (i32.store offset=8 (local.get $bucket) (local.get $value))
        (i32.store offset=12 (local.get $bucket) (local.get $length))))
      (i32.const 24))

    (func (export "open-count") (result i32) (call $count (i32.const 0))))
  (core instance $main (instantiate $Main
    (with "heap" (instance $heap)) (with "bucket" (instance (export "new" (func $new))))))

  (func $constructor (param "name" string) (result (own $bucket))
    (canon lift (core func $main "constructor") (memory $memory) (realloc $realloc)))
  (func $get (param "self" (borrow $bucket)) (param "key" string) (result (option (list u8)))
    (canon lift (core func $main "get") (memory $memory) (realloc $realloc)))
  (func $set (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8))
    (result (result (error string)))
    (canon lift (core func $main "set") (memory $memory) (realloc $realloc)))
  (func $open-count (result u32) (canon lift (core func $main "open-count")))

  ;; An instance whose functions use the resource type that the instance itself exports.
  (component $Kv
    (import "bucket" (type $bucket (sub resource)))
    (import "constructor" (func $constructor (param "name" string) (result (own $bucket))))
    (import "get" (func $get (param "self" (borrow $bucket)) (param "key" string) (result (option (list u8)))))
    (import "set" (func $set (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8))
      (result (result (error string)))))
    (import "open-count" (func $open-count (result u32)))
    (export $bucket' "bucket" (type $bucket))
    (export "[constructor]bucket" (func $constructor) (func (param "name" string) (result (own $bucket'))))
    (export "[method]bucket.get" (func $get)
      (func (param "self" (borrow $bucket')) (param "key" string) (result (option (list u8)))))
    (export "[method]bucket.set" (func $set)
      (func (param "self" (borrow $bucket')) (param "key" string) (param "value" (list u8))
        (result (result (error string)))))
    (export "[static]bucket.open-count" (func $open-count)))
  (instance $kv (instantiate $Kv (with "bucket" (type $bucket)) (with "constructor" (func $constructor))
    (with "get" (func $get)) (with "set" (func $set)) (with "open-count" (func $open-count))))
  (export "demo:store/kv@0.1.0" (instance $kv)))
