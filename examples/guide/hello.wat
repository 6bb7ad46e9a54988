;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A command that prints "hello" and its arguments, without the program's name.
(component
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $error-here))
    (export "error" (type $error' (eq $error-here)))
    (export "output-stream" (type $output-stream (sub resource)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error')) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]output-stream.blocking-write-and-flush" (func
      (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output-stream (type $output-stream-here))
    (export "output-stream" (type $output-stream' (eq $output-stream-here)))
    (export "get-stdout" (func (result (own $output-stream'))))))

  ;; The memory, and the allocator that the host calls for the arguments.
  (core module $Heap
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $address i32)
      (local.set $address (global.get $next))
      ;; One page is enough for the arguments of a program like this; asking for more traps.
      (if (i32.gt_u (local.get $size) (i32.sub (i32.const 0x10000) (local.get $address))) (then unreachable))
      (global.set $next (i32.and (i32.add (i32.add (local.get $address) (local.get $size)) (i32.const 3)) (i32.const -4)))
      (local.get $address)))
  (core instance $heap (instantiate $Heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "cabi_realloc" (core func $realloc))

  (core func $get-arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core func $drop-stream (canon resource.drop $output-stream))

  (core module $Main
    (import "host" "memory" (memory 1))
    (import "host" "get-arguments" (func $get-arguments (param $result i32)))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "write" (func $write (param $stream i32) (param $bytes i32) (param $size i32) (param $result i32)))
    (import "host" "drop-stream" (func $drop-stream (param i32)))
    (data (i32.const 0) "hello \n")
    ;; bytes 8 to 23: the result area
    (global $stdout (mut i32) (i32.const 0))

    (func $print (param $bytes i32) (param $size i32)
      (call $write (global.get $stdout) (local.get $bytes) (local.get $size) (i32.const 8))
      ;; the output is closed or failed
      (if (i32.load8_u (i32.const 8)) (then unreachable)))

    ;; The result is 0, which means ok.
    (func (export "run") (result i32)
      (local $argument i32) (local $end i32)
      (global.set $stdout (call $get-stdout))
      (call $get-arguments (i32.const 8))
      (local.set $argument (i32.load (i32.const 8)))
      (local.set $end (i32.add (local.get $argument) (i32.mul (i32.load (i32.const 12)) (i32.const 8))))
      (call $print (i32.const 0) (i32.const 5))
      (loop $next
        (local.set $argument (i32.add (local.get $argument) (i32.const 8)))
        (if (i32.lt_u (local.get $argument) (local.get $end)) (then
          (call $print (i32.const 5) (i32.const 1))
          (call $print (i32.load (local.get $argument)) (i32.load offset=4 (local.get $argument)))
          (br $next))))
      (call $print (i32.const 6) (i32.const 1))
      (call $drop-stream (global.get $stdout))
      (i32.const 0)))
  (core instance $main (instantiate $Main (with "host" (instance
    (export "memory" (memory $memory)) (export "get-arguments" (func $get-arguments))
    (export "get-stdout" (func $get-stdout)) (export "write" (func $write)) (export "drop-stream" (func $drop-stream))))))

  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command)))
