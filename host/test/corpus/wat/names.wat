;; Names that say where they come from, and one that says what it implements.
(component
  (import "wasi:io/streams@0.2.6" (instance (export "output" (type (sub resource)))))
  (import "plain-name" (func))
  (import "a:b/c@1.2.3-rc.1+build" (instance)))
