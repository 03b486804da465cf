(component $desk
  (component $carts (;0;) …)
  (component $desk (;1;) …)
  (instance $carts (;0;) (instantiate $carts))
  (alias export $carts "shop:cart/carts@1.0.0" (instance (;1;)))
  (instance $desk (;2;) (instantiate $desk
      (with "shop:cart/carts@1.0.0" (instance 1))
    )
  )
  (alias export $desk "shop:cart/desk@1.0.0" (instance (;3;)))
  (export (;4;) "shop:cart/desk@1.0.0" (instance 3))
)
