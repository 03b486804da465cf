// Generated from the world bench:hop-callee/callee@0.1.0 by `tenon types`; do not edit.
