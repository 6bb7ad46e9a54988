;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Each level instantiates the next inner level twice.
(component
  (component $c1
    (component $c2
      (component $c3
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))
      (instance $a (instantiate $c3))
      (instance $b (instantiate $c3))
      (export "a" (instance $a)))
    (instance $a (instantiate $c2))
    (instance $b (instantiate $c2))
    (alias outer $c1 $c2 (component $again))
    (export "b" (instance $b)))
  (instance $a (instantiate $c1))
  (instance $b (instantiate $c1))
  (export "deep" (instance $a)))
