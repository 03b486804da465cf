;; Core modules, components and types taken from one and two components further out.
(component $a
  (core module $m (func (export "f") (result i32) i32.const 41))
  (type $record (record (field "x" u32)))
  (component $leaf (core module $own (func (export "f") (result i32) i32.const 1))
    (core instance $i (instantiate $own))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $b
    (component $c
      (alias outer $a $m (core module $far))
      (alias outer $a $record (type $r))
      (alias outer $a $leaf (component $l))
      (core instance $i (instantiate $far))
      (instance $li (instantiate $l))
      (export $e "r" (type $r))
      (func (export "f") (result u32) (canon lift (core func $i "f")))
      (export "g" (func $li "f")))
    (instance $ci (instantiate $c))
    (export "f" (func $ci "f"))
    (export "g" (func $ci "g")))
  (instance $bi (instantiate $b))
  (export "f" (func $bi "f"))
  (export "g" (func $bi "g")))
