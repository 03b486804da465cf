;; Exports a component, a core module and a type beside an interface.
(component
  (component $c (import "in" (func $f)) (export "out" (func $f)))
  (core module $m (memory (export "memory") 1 2))
  (type $e' (enum "red" "green"))
  (export $e "colour" (type $e'))
  (export "c" (component $c))
  (export "m" (core module $m)))
