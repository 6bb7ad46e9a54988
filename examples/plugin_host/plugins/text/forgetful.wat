;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A plugin of the world `demo:store/plugin` (wit/world.wit) that forgets its buckets: its blob has no destructor, so
;; nobody drops the bucket when the blob is dropped. The rest is the same as in well_behaved.wat, which explains it.
(component
  ;; The import: the part of demo:store/kv that this plugin uses.
  (import "demo:store/kv@0.1.0" (instance $kv
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
    (export "[method]bucket.set" (func
      (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error string)))))
  ))
  (alias export $kv "bucket" (type $bucket))

  ;; $heap: the memory and the canonical ABI's allocator.
  (core module $Heap
    (memory (export "memory") 1)
    ;; Everything below this address is in use; the first 64 bytes hold the strings of $main and its return area.
    (global $next (mut i32) (i32.const 64))

    ;; Returns the address of `size` fresh bytes, a multiple of 8. Traps if there is no more memory.
    (func $allocate (export "allocate") (param $size i32) (result i32)
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
  )
  (core instance $heap (instantiate $Heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "cabi_realloc" (core func $realloc))

  ;; The mistake is here: no (dtor ...). Each blob holds a bucket, and dropping the blob leaves the bucket's handle in
  ;; the handle table.
  (type $blob (resource (rep i32)))
  (core func $blob-new (canon resource.new $blob))
  (core func $blob-rep (canon resource.rep $blob))
  (core func $blob-drop (canon resource.drop $blob))

  ;; The functions of kv, lowered to core functions.
  (alias export $kv "[constructor]bucket" (func $bucket-constructor))
  (alias export $kv "[method]bucket.set" (func $bucket-set))
  (core func $bucket-constructor' (canon lower (func $bucket-constructor) (memory $memory)))
  (core func $bucket-set' (canon lower (func $bucket-set) (memory $memory) (realloc $realloc)))

  ;; $main: the functions of the interface blobs.
  (core module $Main
    (import "heap" "memory" (memory 1))
    (import "heap" "allocate" (func $allocate (param $size i32) (result i32)))
    (import "demo:store/kv@0.1.0" "[constructor]bucket"
      (func $bucket-constructor (param $name i32) (param $name-length i32) (result i32)))
    ;; its result, a result<_, string>, is written to the return area: a byte that is 0 for ok, and the string
    (import "demo:store/kv@0.1.0" "[method]bucket.set" (func $bucket-set
      (param $bucket i32) (param $key i32) (param $key-length i32) (param $value i32) (param $value-length i32)
      (param $result i32)))
    (import "[export]demo:store/blobs@0.1.0" "[resource-new]blob" (func $blob-new (param $blob i32) (result i32)))
    (import "[export]demo:store/blobs@0.1.0" "[resource-rep]blob" (func $blob-rep (param $handle i32) (result i32)))
    (import "[export]demo:store/blobs@0.1.0" "[resource-drop]blob" (func $blob-drop (param $handle i32)))

    (data (i32.const 0) "blobs")
    (data (i32.const 8) "last")
    ;; bytes 16 to 27: the return area

    ;; Makes a blob that owns the `length` bytes at `bytes`. Returns its representation.
    (func $make (param $bytes i32) (param $length i32) (result i32)
      (local $blob i32)
      (local.set $blob (call $allocate (i32.const 12)))
      (i32.store (local.get $blob) (call $bucket-constructor (i32.const 0) (i32.const 5)))
      (i32.store offset=4 (local.get $blob) (local.get $bytes))
      (i32.store offset=8 (local.get $blob) (local.get $length))
      (local.get $blob))

    ;; Appends the bytes, and stores the whole in the blob's bucket.
    (func $write (param $blob i32) (param $bytes i32) (param $length i32)
      (local $old-length i32) (local $whole i32) (local $whole-length i32)
      (local.set $old-length (i32.load offset=8 (local.get $blob)))
      (local.set $whole-length (i32.add (local.get $old-length) (local.get $length)))
      (local.set $whole (call $allocate (local.get $whole-length)))
      (memory.copy (local.get $whole) (i32.load offset=4 (local.get $blob)) (local.get $old-length))
      (memory.copy (i32.add (local.get $whole) (local.get $old-length)) (local.get $bytes) (local.get $length))
      (i32.store offset=4 (local.get $blob) (local.get $whole))
      (i32.store offset=8 (local.get $blob) (local.get $whole-length))
      (call $bucket-set (i32.load (local.get $blob))
        (i32.const 8) (i32.const 4) (local.get $whole) (local.get $whole-length) (i32.const 16))
      ;; `write` has no result, so it cannot report an error
      (if (i32.load8_u (i32.const 16)) (then unreachable)))

    (func (export "demo:store/blobs@0.1.0#[constructor]blob") (param $init i32) (param $length i32) (result i32)
      (call $blob-new (call $make (local.get $init) (local.get $length))))

    (func (export "demo:store/blobs@0.1.0#[method]blob.write")
      (param $blob i32) (param $bytes i32) (param $length i32)
      (call $write (local.get $blob) (local.get $bytes) (local.get $length)))

    ;; The result is the address of a pair: the address of the bytes, and their number.
    (func (export "demo:store/blobs@0.1.0#[method]blob.read") (param $blob i32) (param $n i32) (result i32)
      (local $length i32)
      (local.set $length (i32.load offset=8 (local.get $blob)))
      (i32.store (i32.const 16) (i32.load offset=4 (local.get $blob)))
      (i32.store (i32.const 20)
        (select (local.get $n) (local.get $length) (i32.lt_u (local.get $n) (local.get $length))))
      (i32.const 16))

    ;; Receives two own handles, which it must drop, and returns one.
    (func (export "demo:store/blobs@0.1.0#[static]blob.merge") (param $lhs i32) (param $rhs i32) (result i32)
      (local $left i32) (local $right i32) (local $merged i32)
      (local.set $left (call $blob-rep (local.get $lhs)))
      (local.set $right (call $blob-rep (local.get $rhs)))
      (local.set $merged (call $make (i32.load offset=4 (local.get $left)) (i32.load offset=8 (local.get $left))))
      (call $write (local.get $merged) (i32.load offset=4 (local.get $right)) (i32.load offset=8 (local.get $right)))
      (call $blob-drop (local.get $lhs))
      (call $blob-drop (local.get $rhs))
      (call $blob-new (local.get $merged)))
  )
  (core instance $main (instantiate $Main
    (with "heap" (instance $heap))
    (with "demo:store/kv@0.1.0" (instance
      (export "[constructor]bucket" (func $bucket-constructor'))
      (export "[method]bucket.set" (func $bucket-set'))))
    (with "[export]demo:store/blobs@0.1.0" (instance
      (export "[resource-new]blob" (func $blob-new))
      (export "[resource-rep]blob" (func $blob-rep))
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
