;; Every value type by its structure: maps, lists of fixed length, and types within types within types.
(component
  (import "t:types/all@0.1.0" (instance
    (type $f' (flags "a" "b" "c" "d" "e" "f" "g" "h" "i"))
    (export "f" (type $f (eq $f')))
    (type $e' (enum "one" "two"))
    (export "e" (type $e (eq $e')))
    (type $r' (record (field "f" $f) (field "list" (list (tuple $e char))) (field "deep" (option (option (option u8))))))
    (export "r" (type $r (eq $r')))
    (type $v' (variant (case "none") (case "r" $r) (case "both" (result $r (error $e))) (case "left" (result $f)) (case "nothing" (result))))
    (export "v" (type $v (eq $v')))
    (type $map' (map string (list u8 16)))
    (export "again" (type $again (eq $v)))
    (export "call" (func (param "v" $v) (param "m" $map') (result (list $again)))))))
