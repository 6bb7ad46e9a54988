;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A plugin of the world `demo:store/plugin` (wit/world.wit) that traps while it holds resources of the host.
;;
;; Its blob is one bucket and no bytes, and the blob's representation is the bucket's handle. `write` puts the bytes
;; into the bucket and then executes `unreachable`: the host must clean up the buckets that the plugin holds then.
;; `read` returns an empty list; `merge` returns lhs and drops rhs. well_behaved.wat explains the parts.
(component
  ;; The import: the part of demo:store/kv that this plugin uses.
  (import "demo:store/kv@0.1.0" (instance $kv
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
    (export "[method]bucket.set" (func
      (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error string)))))
  ))
  (alias export $kv "bucket" (type $bucket))
  (core func $bucket-drop (canon resource.drop $bucket))

  ;; $heap: the memory, the canonical ABI's allocator, and the destructor of a blob.
  (core module $Heap
    (import "demo:store/kv@0.1.0" "[resource-drop]bucket" (func $bucket-drop (param i32)))
    (memory (export "memory") 1)
    ;; Everything below this address is in use; the first 64 bytes hold the strings of $main and its return area.
    (global $next (mut i32) (i32.const 64))

    ;; Returns the address of `size` fresh bytes, a multiple of 8. Traps if there is no more memory.
    (func $allocate (param $size i32) (result i32)
      (local $address i32) (local $missing i32)
      (local.set $address (global.get $next))
      (if (i32.gt_u (local.get $size) (i32.sub (i32.const 0x7fff_fff8) (local.get $address))) (then unreachable))
      (global.set $next
        (i32.and (i32.add (i32.add (local.get $address) (local.get $size)) (i32.const 7)) (i32.const -8)))
      ;; the pages that everything below $next needs, minus the pages that exist
      (local.set $missing (i32.sub
        (i32.shr_u (i32.add (global.get $next) (i32.const 0xffff)) (i32.const 16))
        (memory.size)))
      (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then unreachable))))
      (local.get $address))

    ;; The host calls this to allocate the memory into which it lowers lists and strings.
    (func (export "cabi_realloc")
      (param $old i32) (param $old-size i32) (param $alignment i32) (param $size i32) (result i32)
      (local $address i32)
      (local.set $address (call $allocate (local.get $size)))
      (memory.copy (local.get $address) (local.get $old)
        (select (local.get $old-size) (local.get $size) (i32.lt_u (local.get $old-size) (local.get $size))))
      (local.get $address))

    (func (export "demo:store/blobs@0.1.0#[dtor]blob") (param $bucket i32)
      (call $bucket-drop (local.get $bucket)))
  )
  (core instance $heap (instantiate $Heap
    (with "demo:store/kv@0.1.0" (instance (export "[resource-drop]bucket" (func $bucket-drop))))
  ))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "cabi_realloc" (core func $realloc))
  (alias core export $heap "demo:store/blobs@0.1.0#[dtor]blob" (core func $blob-dtor))

  (type $blob (resource (rep i32) (dtor (core func $blob-dtor))))
  (core func $blob-new (canon resource.new $blob))
  (core func $blob-drop (canon resource.drop $blob))

  ;; The functions of kv, lowered to core functions.
  (alias export $kv "[constructor]bucket" (func $bucket-constructor))
  (alias export $kv "[method]bucket.set" (func $bucket-set))
  (core func $bucket-constructor' (canon lower (func $bucket-constructor) (memory $memory)))
  (core func $bucket-set' (canon lower (func $bucket-set) (memory $memory) (realloc $realloc)))

  ;; $main: the functions of the interface blobs.
  (core module $Main
    (import "heap" "memory" (memory 1))
    (import "demo:store/kv@0.1.0" "[constructor]bucket"
      (func $bucket-constructor (param $name i32) (param $name-length i32) (result i32)))
    ;; its result, a result<_, string>, is written to the return area: a byte that is 0 for ok, and the string
    (import "demo:store/kv@0.1.0" "[method]bucket.set" (func $bucket-set
      (param $bucket i32) (param $key i32) (param $key-length i32) (param $value i32) (param $value-length i32)
      (param $result i32)))
    (import "[export]demo:store/blobs@0.1.0" "[resource-new]blob" (func $blob-new (param $bucket i32) (result i32)))
    (import "[export]demo:store/blobs@0.1.0" "[resource-drop]blob" (func $blob-drop (param $handle i32)))

    (data (i32.const 0) "blobs")
    (data (i32.const 8) "last")
    ;; bytes 16 to 27: the return area; bytes 32 to 39 stay zero

    (func (export "demo:store/blobs@0.1.0#[constructor]blob") (param $init i32) (param $length i32) (result i32)
      (call $blob-new (call $bucket-constructor (i32.const 0) (i32.const 5))))

    ;; The mistake is here.
    (func (export "demo:store/blobs@0.1.0#[method]blob.write")
      (param $bucket i32) (param $bytes i32) (param $length i32)
      (call $bucket-set (local.get $bucket)
        (i32.const 8) (i32.const 4) (local.get $bytes) (local.get $length) (i32.const 16))
      unreachable)

    ;; The result is the address of a pair, the address and number of the bytes: here an empty list.
    (func (export "demo:store/blobs@0.1.0#[method]blob.read") (param $bucket i32) (param $n i32) (result i32)
      (i32.const 32))

    (func (export "demo:store/blobs@0.1.0#[static]blob.merge") (param $lhs i32) (param $rhs i32) (result i32)
      (call $blob-drop (local.get $rhs))
      (local.get $lhs))
  )
  (core instance $main (instantiate $Main
    (with "heap" (instance $heap))
    (with "demo:store/kv@0.1.0" (instance
      (export "[constructor]bucket" (func $bucket-constructor'))
      (export "[method]bucket.set" (func $bucket-set'))))
    (with "[export]demo:store/blobs@0.1.0" (instance
      (export "[resource-new]blob" (func $blob-new))
      (export "[resource-drop]blob" (func $blob-drop))))
  ))

  ;; The core functions, lifted to component functions.
  (func $constructor (param "init" (list u8)) (result (own $blob))
    (canon lift (core func $main "demo:store/blobs@0.1.0#[constructor]blob") (memory $memory) (realloc $realloc)))
  (func $write (param "self" (borrow $blob)) (param "bytes" (list u8))
    (canon lift (core func $main "demo:store/blobs@0.1.0#[method]blob.write") (memory $memory) (realloc $realloc)))
  (func $read (param "self" (borrow $blob)) (param "n" u32) (result (list u8))
    (canon lift (core func $main "demo:store/blobs@0.1.0#[method]blob.read") (memory $memory)))
  (func $merge (param "lhs" (own $blob)) (param "rhs" (own $blob)) (result (own $blob))
    (canon lift (core func $main "demo:store/blobs@0.1.0#[static]blob.merge")))

  ;; The interface blobs. The type of an exported function may only use types that are exported too. So this component
  ;; exports the resource type first, and then the functions with types that use the exported one.
  (component $Blobs
    (import "import-type-blob" (type $blob (sub resource)))
    (import "import-constructor-blob" (func $constructor (param "init" (list u8)) (result (own $blob))))
    (import "import-method-blob-write" (func $write (param "self" (borrow $blob)) (param "bytes" (list u8))))
    (import "import-method-blob-read" (func $read (param "self" (borrow $blob)) (param "n" u32) (result (list u8))))
    (import "import-static-blob-merge" (func $merge
      (param "lhs" (own $blob)) (param "rhs" (own $blob)) (result (own $blob))))
    (export $exported "blob" (type $blob))
    (export "[constructor]blob" (func $constructor)
      (func (param "init" (list u8)) (result (own $exported))))
    (export "[method]blob.write" (func $write)
      (func (param "self" (borrow $exported)) (param "bytes" (list u8))))
    (export "[method]blob.read" (func $read)
      (func (param "self" (borrow $exported)) (param "n" u32) (result (list u8))))
    (export "[static]blob.merge" (func $merge)
      (func (param "lhs" (own $exported)) (param "rhs" (own $exported)) (result (own $exported))))
  )
  (instance $blobs (instantiate $Blobs
    (with "import-type-blob" (type $blob))
    (with "import-constructor-blob" (func $constructor))
    (with "import-method-blob-write" (func $write))
    (with "import-method-blob-read" (func $read))
    (with "import-static-blob-merge" (func $merge))))
  (export "demo:store/blobs@0.1.0" (instance $blobs))
)
