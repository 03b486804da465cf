;; Imports a component and a core module, and instantiates both.
(component
  (import "greeter" (component $greeter
    (import "name" (func (result string)))
    (export "greet" (func (result string)))))
  (import "engine" (core module $engine (export "f" (func (result i32)))))
  (import "name" (func $name (result string)))
  (instance $g (instantiate $greeter (with "name" (func $name))))
  (core instance $e (instantiate $engine))
  (func (export "number") (result u32) (canon lift (core func $e "f")))
  (export "greet" (func $g "greet")))
