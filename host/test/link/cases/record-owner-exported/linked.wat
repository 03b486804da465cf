;; {"kind":"owner-exported","instance":"carts","export":"shop:cart/carts@1.0.0"}
(component $desk
  (component $carts (;0;) …)
  (component $desk (;1;) …)
  (instance $carts (;0;) (instantiate $carts))
  (alias export $carts "shop:cart/carts@1.0.0" (instance (;1;)))
  (alias export 1 "line" (type (;0;)))
  (instance $desk (;2;) (instantiate $desk
      (with "shop:cart/carts@1.0.0" (instance 1))
      (with "line" (type 0))
    )
  )
  (export (;3;) "shop:cart/carts@1.0.0" (instance 1))
  (alias export $desk "lines" (func (;0;)))
  (export (;1;) "lines" (func 0))
)
