;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; The component around the core module that is compiled from guest.cpp. $main is empty here: embed_module replaces it
;; with the compiled module.
;;
;; The resource type needs $main's destructor before $main is instantiated. $shim stands in for the destructor: it calls
;; through a table, and $Fixup fills the table once everything exists.
(component
  (core module $main)

  (core module $Shim
    (type $dtor (func (param i32)))
    (table (export "table") 1 1 funcref)
    (func (export "[dtor]span") (param i32) (call_indirect (type $dtor) (local.get 0) (i32.const 0)))
  )
  (core instance $shim (instantiate $Shim))
  (alias core export $shim "[dtor]span" (core func $span-dtor))
  (type $span (resource (rep i32) (dtor (core func $span-dtor))))
  (core func $span-new (canon resource.new $span))
  (core func $span-rep (canon resource.rep $span))
  (core func $span-drop (canon resource.drop $span))

  (core instance $main-instance (instantiate $main
    (with "[export]demo:telemetry/spans@0.1.0" (instance
      (export "[resource-new]span" (func $span-new))
      (export "[resource-rep]span" (func $span-rep))
      (export "[resource-drop]span" (func $span-drop))))
  ))
  (alias core export $main-instance "memory" (core memory $memory))
  (alias core export $main-instance "cabi_realloc" (core func $realloc))
  (core module $Fixup
    (import "shim" "table" (table 1 1 funcref))
    (import "main" "[dtor]span" (func $span-dtor (param i32)))
    (elem (i32.const 0) func $span-dtor)
  )
  (core instance (instantiate $Fixup
    (with "shim" (instance $shim))
    (with "main" (instance
      (export "[dtor]span" (func $main-instance "demo:telemetry/spans@0.1.0#[dtor]span"))))
  ))

  (type $finished-span (record (field "name" string) (field "duration" u64) (field "events" u32)))
  (func $constructor (param "name" string) (param "now" u64) (result (own $span))
    (canon lift (core func $main-instance "demo:telemetry/spans@0.1.0#[constructor]span")
      (memory $memory) (realloc $realloc)))
  (func $add-event (param "self" (borrow $span))
    (canon lift (core func $main-instance "demo:telemetry/spans@0.1.0#[method]span.add-event")))
  (func $finish (param "this" (own $span)) (param "now" u64) (result $finished-span)
    (canon lift (core func $main-instance "demo:telemetry/spans@0.1.0#[static]span.finish") (memory $memory)))
  (func $open (result u32)
    (canon lift (core func $main-instance "demo:telemetry/spans@0.1.0#[static]span.open")))

  ;; The interface: its types first, then its functions, restated in terms of the exported types.
  (component $Spans
    (type $data (record (field "name" string) (field "duration" u64) (field "events" u32)))
    (import "import-type-finished-span" (type $finished-span (eq $data)))
    (import "import-type-span" (type $span (sub resource)))
    (import "import-constructor-span" (func $constructor
      (param "name" string) (param "now" u64) (result (own $span))))
    (import "import-method-span-add-event" (func $add-event (param "self" (borrow $span))))
    (import "import-static-span-finish" (func $finish
      (param "this" (own $span)) (param "now" u64) (result $finished-span)))
    (import "import-static-span-open" (func $open (result u32)))
    (export $exported-data "finished-span" (type $finished-span))
    (export $exported "span" (type $span))
    (export "[constructor]span" (func $constructor)
      (func (param "name" string) (param "now" u64) (result (own $exported))))
    (export "[method]span.add-event" (func $add-event) (func (param "self" (borrow $exported))))
    (export "[static]span.finish" (func $finish)
      (func (param "this" (own $exported)) (param "now" u64) (result $exported-data)))
    (export "[static]span.open" (func $open) (func (result u32)))
  )
  (instance $spans (instantiate $Spans
    (with "import-type-finished-span" (type $finished-span))
    (with "import-type-span" (type $span))
    (with "import-constructor-span" (func $constructor))
    (with "import-method-span-add-event" (func $add-event))
    (with "import-static-span-finish" (func $finish))
    (with "import-static-span-open" (func $open))))
  (export "demo:telemetry/spans@0.1.0" (instance $spans))
)
