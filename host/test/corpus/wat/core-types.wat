;; Core types of the GC proposal, and modules whose imports have them.
(component
  (core type $list (struct (field (mut i32)) (field (ref null any))))
  (core type $array (array (mut i8)))
  (core rec (type $open (sub (func (param i32)))) (type $closed (sub final $open (func (param i32)))))
  (core type $module (module
    (type $s (struct (field i64)))
    (alias outer 1 $array (type $a))
    (import "a" "f" (func (param i32 i64) (result f32)))
    (import "a" "t" (table 1 2 externref))
    (import "a" "g" (global (mut (ref null any))))
    (export "m" (memory 1))))
  (import "module" (core module (type $module))))
