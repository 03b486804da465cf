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
  (@custom "tenon:plan" "{\22format\22:1,\22root\22:\22desk\22,\22instances\22:[\22carts\22,\22desk\22],\22edges\22:[{\22importer\22:\22desk\22,\22import\22:\22shop:cart/carts@1.0.0\22,\22provider\22:\22carts\22,\22export\22:\22shop:cart/carts@1.0.0\22}],\22imports\22:[],\22exports\22:[{\22name\22:\22shop:cart/carts@1.0.0\22,\22instance\22:\22carts\22,\22export\22:\22shop:cart/carts@1.0.0\22},{\22name\22:\22lines\22,\22instance\22:\22desk\22,\22export\22:\22lines\22}],\22passes\22:{\22hoist\22:{\22modules\22:0,\22savedBytes\22:0}}}")
)
