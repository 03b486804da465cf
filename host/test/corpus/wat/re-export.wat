;; Exports what it imports, under other names, with types ascribed.
(component
  (import "a:b/in@1.0.0" (instance $in
    (export "r" (type $r (sub resource)))
    (export "open" (func (result (own $r))))
    (export "close" (func (param "r" (own $r))))))
  (import "f" (func $f (param "x" u32) (result u32)))
  (export "a:b/out@1.0.0" (instance $in))
  (export "g" (func $f) (func (param "x" u32) (result u32))))
