;; More than anything uses: modules, instances, aliases, functions and components that lead nowhere.
(component
  (import "used" (func $used (result u32)))
  (import "unused" (func $unused (result u32)))
  (core module $dead (func (export "f") (result i32) i32.const 1))
  (core module $live (import "h" "used" (func $u (result i32))) (func (export "f") (result i32) (call $u)))
  (core instance $di (instantiate $dead))
  (core func $lowered-unused (canon lower (func $unused)))
  (core func $lowered (canon lower (func $used)))
  (core instance $bag (export "used" (func $lowered)))
  (core instance $li (instantiate $live (with "h" (instance $bag))))
  (func $never (result u32) (canon lift (core func $di "f")))
  (func $f (result u32) (canon lift (core func $li "f")))
  (export "f" (func $f)))
