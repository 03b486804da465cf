;; One component instantiated twice, each with the other kind of argument: an inline instance, and an import.
(component
  (import "n" (instance $n (export "get" (func (result u32)))))
  (component $add
    (import "n" (instance $n (export "get" (func (result u32)))))
    (core module $m (import "n" "get" (func $get (result i32)))
      (func (export "f") (result i32) (i32.add (call $get) (i32.const 1))))
    (core func $get (canon lower (func $n "get")))
    (core instance $bag (export "get" (func $get)))
    (core instance $i (instantiate $m (with "n" (instance $bag))))
    (func (export "get") (result u32) (canon lift (core func $i "f"))))
  (instance $one (instantiate $add (with "n" (instance $n))))
  (instance $inline (export "get" (func $one "get")))
  (instance $two (instantiate $add (with "n" (instance $inline))))
  (export "get" (func $two "get")))
