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
)
