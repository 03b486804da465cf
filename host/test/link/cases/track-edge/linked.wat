(component $user
  (component $log (;0;) …)
  (component $user (;1;) …)
  (instance $log (;0;) (instantiate $log))
  (alias export $log "shop:log/log@1.4.1" (instance (;1;)))
  (instance $user (;2;) (instantiate $user
      (with "shop:log/log@1.2.0" (instance 1))
    )
  )
  (alias export $user "run" (func (;0;)))
  (export (;1;) "run" (func 0))
  (@custom "tenon:plan" "{\22format\22:1,\22root\22:\22user\22,\22instances\22:[\22log\22,\22user\22],\22edges\22:[{\22importer\22:\22user\22,\22import\22:\22shop:log/log@1.2.0\22,\22provider\22:\22log\22,\22export\22:\22shop:log/log@1.4.1\22}],\22imports\22:[],\22exports\22:[{\22name\22:\22run\22,\22instance\22:\22user\22,\22export\22:\22run\22}],\22passes\22:{\22hoist\22:{\22modules\22:0,\22savedBytes\22:0}}}")
)
