;; Threads of the shared-everything proposal.
(component
  (core type $start (shared (func (param i32))))
  (core module $m (table (export "table") shared 1 (ref null (shared func))))
  (core instance $i (instantiate $m))
  (core func $ref (canon thread.spawn-ref $start))
  (core func $indirect (canon thread.spawn-indirect $start (core table $i "table"))))
