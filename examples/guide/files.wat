;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Reads and writes text files in the first folder that the host grants; what it may do there depends on the folder.
(component
  (import "wasi:filesystem/types@0.2.0" (instance $types
    (export "descriptor" (type $descriptor (sub resource)))
    (type $error-code-type (enum
      "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist" "file-too-large"
      "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop" "too-many-links"
      "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory" "insufficient-space"
      "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device" "overflow" "not-permitted"
      "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
    (export "error-code" (type $error-code (eq $error-code-type)))
    (type $path-flags-type (flags "symlink-follow"))
    (export "path-flags" (type $path-flags (eq $path-flags-type)))
    (type $open-flags-type (flags "create" "directory" "exclusive" "truncate"))
    (export "open-flags" (type $open-flags (eq $open-flags-type)))
    (type $descriptor-flags-type (flags "read" "write" "file-integrity-sync" "data-integrity-sync"
      "requested-write-sync" "mutate-directory"))
    (export "descriptor-flags" (type $descriptor-flags (eq $descriptor-flags-type)))
    (export "[method]descriptor.open-at" (func (param "self" (borrow $descriptor)) (param "path-flags" $path-flags)
      (param "path" string) (param "open-flags" $open-flags) (param "flags" $descriptor-flags)
      (result (result (own $descriptor) (error $error-code)))))
    (export "[method]descriptor.read" (func (param "self" (borrow $descriptor)) (param "length" u64)
      (param "offset" u64) (result (result (tuple (list u8) bool) (error $error-code)))))
    (export "[method]descriptor.write" (func (param "self" (borrow $descriptor)) (param "buffer" (list u8))
      (param "offset" u64) (result (result u64 (error $error-code)))))))
  (alias export $types "descriptor" (type $descriptor))
  (alias export $types "error-code" (type $error-code))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $descriptor (type $descriptor-here))
    (export "descriptor" (type $descriptor' (eq $descriptor-here)))
    (export "get-directories" (func (result (list (tuple (own $descriptor') string)))))))

  (core module $Heap
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 1024))
    (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $address i32)
      (local.set $address (global.get $next))
      ;; There is room for the text of one call; asking for more traps.
      (if (i32.gt_u (local.get $size) (i32.sub (i32.const 0x20000) (local.get $address))) (then unreachable))
      (global.set $next (i32.and (i32.add (i32.add (local.get $address) (local.get $size)) (i32.const 3)) (i32.const -4)))
      (local.get $address))
    ;; The host has read the result, so all memory of the call is free again.
    (func (export "finish") (param $result i32) (global.set $next (i32.const 1024))))
  (core instance $heap (instantiate $Heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "cabi_realloc" (core func $realloc))

  (core func $get-directories (canon lower (func $preopens "get-directories") (memory $memory) (realloc $realloc)))
  (core func $open-at (canon lower (func $types "[method]descriptor.open-at") (memory $memory)))
  (core func $read (canon lower (func $types "[method]descriptor.read") (memory $memory) (realloc $realloc)))
  (core func $write (canon lower (func $types "[method]descriptor.write") (memory $memory)))
  (core func $drop (canon resource.drop $descriptor))

  ;; All results are stored at address 0 in the canonical ABI's layout: a byte that is 0 for ok, then the payload.
  (core module $Main
    (import "host" "memory" (memory 2))
    (import "host" "get-directories" (func $get-directories (param $result i32)))
    (import "host" "open-at" (func $open-at (param $folder i32) (param $follow i32) (param $path i32) (param $size i32)
      (param $how i32) (param $access i32) (param $result i32)))
    (import "host" "read" (func $read (param $file i32) (param $size i64) (param $offset i64) (param $result i32)))
    (import "host" "write" (func $write (param $file i32) (param $bytes i32) (param $size i32) (param $offset i64)
      (param $result i32)))
    (import "host" "drop" (func $drop (param $descriptor i32)))

    ;; Returns the first folder and drops the others. Traps if there is no folder.
    (func $folder (result i32)
      (local $at i32) (local $count i32)
      (call $get-directories (i32.const 0))
      (local.set $at (i32.load (i32.const 0)))
      (local.set $count (i32.load (i32.const 4)))
      (if (i32.eqz (local.get $count)) (then unreachable))
      (loop $next
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (if (local.get $count) (then
          (call $drop (i32.load (i32.add (local.get $at) (i32.mul (local.get $count) (i32.const 12)))))
          (br $next))))
      (i32.load (local.get $at)))

    ;; Returns the handle of the file, or 0 with the error in the result area. Handles are never 0.
    (func $open (param $path i32) (param $size i32) (param $how i32) (param $access i32) (result i32)
      (local $folder i32)
      (local.set $folder (call $folder))
      (call $open-at (local.get $folder) (i32.const 1) (local.get $path) (local.get $size)
        (local.get $how) (local.get $access) (i32.const 0))
      (call $drop (local.get $folder))
      (select (i32.const 0) (i32.load (i32.const 4)) (i32.load8_u (i32.const 0))))

    ;; Reads at most 64 KiB. `read` returns the bytes and a flag for the end of the file. Its result begins with the
    ;; pointer and length of the bytes, so it serves as the string result unchanged.
    (func (export "read") (param $path i32) (param $size i32) (result i32)
      (local $file i32)
      (local.set $file (call $open (local.get $path) (local.get $size) (i32.const 0) (i32.const 1)))
      (if (local.get $file) (then
        (call $read (local.get $file) (i64.const 0x10000) (i64.const 0) (i32.const 0))
        (call $drop (local.get $file))))
      (i32.const 0))

    ;; Creates the file if it does not exist, and truncates it.
    (func (export "write") (param $path i32) (param $size i32) (param $text i32) (param $length i32) (result i32)
      (local $file i32)
      (local.set $file (call $open (local.get $path) (local.get $size) (i32.const 9) (i32.const 2)))
      (if (local.get $file)
        (then
          (call $write (local.get $file) (local.get $text) (local.get $length) (i64.const 0) (i32.const 0))
          (call $drop (local.get $file)))
        (else (i32.store8 (i32.const 8) (i32.load8_u (i32.const 4)))))
      (i32.const 0)))
  (core instance $main (instantiate $Main (with "host" (instance
    (export "memory" (memory $memory)) (export "get-directories" (func $get-directories))
    (export "open-at" (func $open-at)) (export "read" (func $read)) (export "write" (func $write))
    (export "drop" (func $drop))))))

  (export $error-code' "error-code" (type $error-code))
  (func (export "read") (param "path" string) (result (result string (error $error-code')))
    (canon lift (core func $main "read") (memory $memory) (realloc $realloc) (post-return (core func $heap "finish"))))
  ;; The result is the number of bytes written.
  (func (export "write") (param "path" string) (param "text" string) (result (result u64 (error $error-code')))
    (canon lift (core func $main "write") (memory $memory) (realloc $realloc) (post-return (core func $heap "finish")))))
