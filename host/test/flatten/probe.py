"""Runs the feature probe on Wasmtime 42, all of its cases in one instance, and prints what each of the files says.

Usage: python3 probe.py FILE.wasm…
Prints one JSON list for each file: a line per case, and how a call that throws ends.
"""

import json
import sys

from wasmtime import Config, Engine, Store, Trap, WasiConfig, WasmtimeError
from wasmtime.component import Component, Linker


def answers(engine, path):
    linker = Linker(engine)
    linker.add_wasip2()
    store = Store(engine)
    store.set_wasi(WasiConfig())
    instance = linker.instantiate(store, Component.from_file(engine, path))
    probe = instance.get_export_index(store, "t:features/probe")

    def call(name, *args):
        function = instance.get_func(store, instance.get_export_index(store, name, probe))
        result = function(store, *args)
        function.post_return(store)
        return result

    lines = [f"{name}: {call('run', name)}" for name in call("names")]
    try:
        call("crash")
    except (WasmtimeError, Trap):
        return [*lines, "trapped"]
    return [*lines, "did not trap"]


engine = Engine(Config())
print(json.dumps([answers(engine, path) for path in sys.argv[1:]]))
