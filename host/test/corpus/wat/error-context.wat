;; Error contexts.
(component
  (core module $memory (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
  (core instance $m (instantiate $memory))
  (core func $new (canon error-context.new (memory (core memory $m "memory"))))
  (core func $message (canon error-context.debug-message (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (core func $drop (canon error-context.drop))
  (import "explain" (func (param "e" error-context) (result string))))
