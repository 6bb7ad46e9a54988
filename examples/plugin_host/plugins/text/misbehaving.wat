;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A component of the world `demo:store/misbehaving` (wit/world.wit): it imports buckets and an inspector that takes
;; and borrows them, and exports `misuse`, with one function for each mistake that the host must refuse. A refusal is a
;; trap, and an instance that trapped stays closed, so each function needs an instance of its own.
;;
;;   use-after-move   take(own b), then b.set       the moved handle is gone: unknown handle index
;;   double-drop      drop b, drop b                the dropped handle is gone: unknown handle index
;;   move-while-lent  replace(borrow b, own b)      b is lent to the same call that would take it
;;   drop-while-lent  lends b to a call, in which   the call is still running when the owner's handle is dropped
;;                    b is dropped
;;   keep-borrow      returns without dropping      a call must drop every borrow that it received
;;                    the borrow it received
;;
;; Start reading at the end: the table above lists the functions of $Main.
(component
  ;; The imports: the part of demo:store/kv that this component uses, and demo:store/inspector, whose bucket is the same
  ;; type.
  (import "demo:store/kv@0.1.0" (instance $kv
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
    (export "[method]bucket.set" (func
      (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error string)))))
  ))
  (alias export $kv "bucket" (type $bucket))
  (import "demo:store/inspector@0.1.0" (instance $inspector
    (alias outer 1 $bucket (type $kv-bucket))
    (export "bucket" (type $bucket (eq $kv-bucket)))
    (export "take" (func (param "given" (own $bucket))))
    (export "replace" (func (param "old" (borrow $bucket)) (param "new" (own $bucket))))
  ))
  (core func $bucket-drop (canon resource.drop $bucket))

  ;; $lent: memory, and the function that runs while a bucket is lent.
  (core module $Lent
    (import "demo:store/kv@0.1.0" "[resource-drop]bucket" (func $bucket-drop (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "evidence")
    ;; the owner's handle of the bucket that is lent
    (global $owner (export "owner") (mut i32) (i32.const 0))

    ;; The host would call this for an error message of `bucket.set`; no call here gets that far.
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)

    ;; The parameter is a borrow handle, made for this call. The function drops the owner's handle instead.
    (func (export "while-lent") (param $lent i32)
      (call $bucket-drop (global.get $owner)))
  )
  (core instance $lent (instantiate $Lent
    (with "demo:store/kv@0.1.0" (instance (export "[resource-drop]bucket" (func $bucket-drop))))
  ))
  (alias core export $lent "memory" (core memory $memory))
  (alias core export $lent "cabi_realloc" (core func $realloc))

  ;; The component calls this function of its own through the canonical ABI, which tracks the lend.
  (func $while-lent (param "lent" (borrow $bucket)) (canon lift (core func $lent "while-lent")))
  (core func $while-lent' (canon lower (func $while-lent)))

  ;; The imports, lowered to core functions.
  (alias export $kv "[constructor]bucket" (func $bucket-constructor))
  (alias export $kv "[method]bucket.set" (func $bucket-set))
  (alias export $inspector "take" (func $take))
  (alias export $inspector "replace" (func $replace))
  (core func $bucket-constructor' (canon lower (func $bucket-constructor) (memory $memory)))
  (core func $bucket-set' (canon lower (func $bucket-set) (memory $memory) (realloc $realloc)))
  (core func $take' (canon lower (func $take)))
  (core func $replace' (canon lower (func $replace)))

  (core module $Main
    (import "demo:store/kv@0.1.0" "[constructor]bucket"
      (func $bucket-constructor (param $name i32) (param $name-length i32) (result i32)))
    (import "demo:store/kv@0.1.0" "[method]bucket.set" (func $bucket-set
      (param $bucket i32) (param $key i32) (param $key-length i32) (param $value i32) (param $value-length i32)
      (param $result i32)))
    (import "demo:store/kv@0.1.0" "[resource-drop]bucket" (func $bucket-drop (param i32)))
    (import "demo:store/inspector@0.1.0" "take" (func $take (param $given i32)))
    (import "demo:store/inspector@0.1.0" "replace" (func $replace (param $old i32) (param $new i32)))
    (import "lent" "owner" (global $owner (mut i32)))
    (import "lent" "while-lent" (func $while-lent (param $lent i32)))

    ;; A bucket with the name "evidence".
    (func $make (result i32)
      (call $bucket-constructor (i32.const 0) (i32.const 8)))

    (func (export "demo:store/misuse@0.1.0#use-after-move")
      (local $bucket i32)
      (local.set $bucket (call $make))
      (call $take (local.get $bucket))
      (call $bucket-set (local.get $bucket)
        (i32.const 0) (i32.const 8) (i32.const 0) (i32.const 8) (i32.const 16)))

    (func (export "demo:store/misuse@0.1.0#double-drop")
      (local $bucket i32)
      (local.set $bucket (call $make))
      (call $bucket-drop (local.get $bucket))
      (call $bucket-drop (local.get $bucket)))

    (func (export "demo:store/misuse@0.1.0#move-while-lent")
      (local $bucket i32)
      (local.set $bucket (call $make))
      (call $replace (local.get $bucket) (local.get $bucket)))

    (func (export "demo:store/misuse@0.1.0#drop-while-lent")
      (global.set $owner (call $make))
      (call $while-lent (global.get $owner)))

    (func (export "demo:store/misuse@0.1.0#keep-borrow") (param $lent i32))
  )
  (core instance $main (instantiate $Main
    (with "lent" (instance
      (export "owner" (global $lent "owner"))
      (export "while-lent" (func $while-lent'))))
    (with "demo:store/kv@0.1.0" (instance
      (export "[constructor]bucket" (func $bucket-constructor'))
      (export "[method]bucket.set" (func $bucket-set'))
      (export "[resource-drop]bucket" (func $bucket-drop))))
    (with "demo:store/inspector@0.1.0" (instance
      (export "take" (func $take'))
      (export "replace" (func $replace'))))
  ))

  (func $use-after-move (canon lift (core func $main "demo:store/misuse@0.1.0#use-after-move")))
  (func $double-drop (canon lift (core func $main "demo:store/misuse@0.1.0#double-drop")))
  (func $move-while-lent (canon lift (core func $main "demo:store/misuse@0.1.0#move-while-lent")))
  (func $drop-while-lent (canon lift (core func $main "demo:store/misuse@0.1.0#drop-while-lent")))
  (func $keep-borrow (param "lent" (borrow $bucket))
    (canon lift (core func $main "demo:store/misuse@0.1.0#keep-borrow")))

  ;; The interface misuse, with the type that its functions use.
  (component $Misuse
    (import "import-type-bucket" (type $bucket (sub resource)))
    (import "import-func-use-after-move" (func $use-after-move))
    (import "import-func-double-drop" (func $double-drop))
    (import "import-func-move-while-lent" (func $move-while-lent))
    (import "import-func-drop-while-lent" (func $drop-while-lent))
    (import "import-func-keep-borrow" (func $keep-borrow (param "lent" (borrow $bucket))))
    (export $exported "bucket" (type $bucket))
    (export "use-after-move" (func $use-after-move))
    (export "double-drop" (func $double-drop))
    (export "move-while-lent" (func $move-while-lent))
    (export "drop-while-lent" (func $drop-while-lent))
    (export "keep-borrow" (func $keep-borrow) (func (param "lent" (borrow $exported))))
  )
  (instance $misuse (instantiate $Misuse
    (with "import-type-bucket" (type $bucket))
    (with "import-func-use-after-move" (func $use-after-move))
    (with "import-func-double-drop" (func $double-drop))
    (with "import-func-move-while-lent" (func $move-while-lent))
    (with "import-func-drop-while-lent" (func $drop-while-lent))
    (with "import-func-keep-borrow" (func $keep-borrow))))
  (export "demo:store/misuse@0.1.0" (instance $misuse))
)
