;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; The component around the core module that the C compiler makes. $main is empty here: tools/embed_module.cpp replaces
;; it with the compiled module and does not look at the rest.
;;
;; Lowering the imports needs $main's memory and realloc, and the resource type needs its destructor, but $main can only
;; be instantiated after both. $shim stands in for $main: its functions call through a table, and $Fixup fills the table
;; once everything exists.
(component
  (import "demo:store/kv@0.1.0" (instance $kv
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
    (export "[method]bucket.set" (func
      (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error string)))))
  ))
  (alias export $kv "bucket" (type $bucket))

  (core module $main)

  (core module $Shim
    (type $bucket-constructor (func (param i32 i32) (result i32)))
    (type $bucket-set (func (param i32 i32 i32 i32 i32 i32)))
    (type $blob-dtor (func (param i32)))
    (table (export "table") 3 3 funcref)
    (func (export "[constructor]bucket") (param i32 i32) (result i32)
      (call_indirect (type $bucket-constructor) (local.get 0) (local.get 1) (i32.const 0)))
    (func (export "[method]bucket.set") (param i32 i32 i32 i32 i32 i32)
      (call_indirect (type $bucket-set)
        (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (i32.const 1)))
    (func (export "[dtor]blob") (param i32)
      (call_indirect (type $blob-dtor) (local.get 0) (i32.const 2)))
  )
  (core instance $shim (instantiate $Shim))

  (alias core export $shim "[dtor]blob" (core func $blob-dtor))
  (type $blob (resource (rep i32) (dtor (core func $blob-dtor))))
  (core func $blob-new (canon resource.new $blob))
  (core func $blob-rep (canon resource.rep $blob))
  (core func $blob-drop (canon resource.drop $blob))
  (core func $bucket-drop (canon resource.drop $bucket))

  (core instance $main-instance (instantiate $main
    (with "demo:store/kv@0.1.0" (instance
      (export "[constructor]bucket" (func $shim "[constructor]bucket"))
      (export "[method]bucket.set" (func $shim "[method]bucket.set"))
      (export "[resource-drop]bucket" (func $bucket-drop))))
    (with "[export]demo:store/blobs@0.1.0" (instance
      (export "[resource-new]blob" (func $blob-new))
      (export "[resource-rep]blob" (func $blob-rep))
      (export "[resource-drop]blob" (func $blob-drop))))
  ))
  (alias core export $main-instance "memory" (core memory $memory))
  (alias core export $main-instance "cabi_realloc" (core func $realloc))

  ;; Now that the memory exists, the imports can be lowered and the table of $shim can be filled.
  (alias export $kv "[constructor]bucket" (func $bucket-constructor))
  (alias export $kv "[method]bucket.set" (func $bucket-set))
  (core func $bucket-constructor' (canon lower (func $bucket-constructor) (memory $memory)))
  (core func $bucket-set' (canon lower (func $bucket-set) (memory $memory) (realloc $realloc)))
  (core module $Fixup
    (import "shim" "table" (table 3 3 funcref))
    (import "actual" "[constructor]bucket" (func $bucket-constructor (param i32 i32) (result i32)))
    (import "actual" "[method]bucket.set" (func $bucket-set (param i32 i32 i32 i32 i32 i32)))
    (import "actual" "[dtor]blob" (func $blob-dtor (param i32)))
    (elem (i32.const 0) func $bucket-constructor $bucket-set $blob-dtor)
  )
  (core instance (instantiate $Fixup
    (with "shim" (instance $shim))
    (with "actual" (instance
      (export "[constructor]bucket" (func $bucket-constructor'))
      (export "[method]bucket.set" (func $bucket-set'))
      (export "[dtor]blob" (func $main-instance "demo:store/blobs@0.1.0#[dtor]blob"))))
  ))

  (func $constructor (param "init" (list u8)) (result (own $blob))
    (canon lift (core func $main-instance "demo:store/blobs@0.1.0#[constructor]blob")
      (memory $memory) (realloc $realloc)))
  (func $write (param "self" (borrow $blob)) (param "bytes" (list u8))
    (canon lift (core func $main-instance "demo:store/blobs@0.1.0#[method]blob.write")
      (memory $memory) (realloc $realloc)))
  (func $read (param "self" (borrow $blob)) (param "n" u32) (result (list u8))
    (canon lift (core func $main-instance "demo:store/blobs@0.1.0#[method]blob.read")
      (memory $memory) (post-return (core func $main-instance "cabi_post_demo:store/blobs@0.1.0#[method]blob.read"))))
  (func $merge (param "lhs" (own $blob)) (param "rhs" (own $blob)) (result (own $blob))
    (canon lift (core func $main-instance "demo:store/blobs@0.1.0#[static]blob.merge")))

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
