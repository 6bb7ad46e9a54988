;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; For the tests of the command: its start function never returns.
(component
  (core module $main
    (func $spin (loop (br 0)))
    (start $spin)
    (func (export "nothing")))
  (core instance $main (instantiate $main))
  (func (export "nothing") (canon lift (core func $main "nothing"))))
