;; Streams and futures that are handed on.
(component
  (type $bytes (stream u8))
  (type $later (future u8))
  (core func $s (canon stream.forward $bytes))
  (core func $f (canon future.forward $later)))
