;; What guests with threads of their own call.
(component
  (core type $start (func (param i32)))
  (core module $m (table (export "table") 1 funcref))
  (core instance $i (instantiate $m))
  (core func $index (canon thread.index))
  (core func $new (canon thread.new-indirect $start (core table $i "table")))
  (core func $later (canon thread.resume-later))
  (core func $suspend (canon thread.suspend))
  (core func $switch (canon thread.suspend-then-resume))
  (core func $yield (canon thread.yield))
  (core func $to (canon thread.yield-then-resume))
  (core func $parallel (canon thread.available_parallelism)))
