"""Runs units on Wasmtime 42 as Spin does: a fresh instance for every request, one key-value store for all.

Usage: python3 serve.py UNIT.wasm…
Reads one JSON request per line, {"unit": index, "method", "uri", "headers": [[name, value]…], "body": base64 or
null}, and answers each with one JSON line, {"status", "headers", "body"}, or {"trap": message}. Host stubs: WASI as Wasmtime
has it, and fermyon:spin/key-value@2.0.0 in memory (label `default` only).
"""

import base64
import json
import sys

from wasmtime import Config, Engine, Store, WasiConfig, WasmtimeError, Trap
from wasmtime.component import (
    Component,
    Linker,
    OptionType,
    Record,
    ResourceHost,
    ResourceType,
    ResultType,
    Variant,
    VariantType,
)
from wasmtime.component._types import VariantLikeType

# wasmtime-py 42 inherits the abstract `add_classes` first, so that no variant can be nested in a result.
for nested in (OptionType, ResultType, VariantType):
    nested.add_classes = VariantLikeType.add_classes

KEY_VALUE = "fermyon:spin/key-value@2.0.0"
STORE_TYPE = 1


def define_key_value(linker, data):
    # wasmtime-py passes the payload of a result bare where its cases have distinct Python types.
    with linker.root() as root, root.add_instance(KEY_VALUE) as kv:
        kv.add_resource("store", ResourceType.host(STORE_TYPE), lambda store, rep: None)

        def open_store(store, label):
            if label != "default":
                return Variant("access-denied")
            return ResourceHost.own(0, STORE_TYPE).to_any(store)

        def method(name, body):
            def call(store, handle, *args):
                handle.drop(store)  # a borrow that is still held at the end of the call is a trap
                return body(*args)

            kv.add_func(f"[method]store.{name}", call)

        def delete(key):
            data.pop(key, None)

        kv.add_func("[static]store.open", open_store)
        method("get", lambda key: data.get(key))
        method("set", lambda key, value: data.__setitem__(key, bytes(value)))
        method("delete", delete)
        method("exists", lambda key: key in data)
        method("get-keys", lambda: list(data))


def handle(engine, linker, component, request):
    store = Store(engine)
    wasi = WasiConfig()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    instance = linker.instantiate(store, component)
    interface = instance.get_export_index(store, "fermyon:spin/inbound-http")
    handler = instance.get_func(store, instance.get_export_index(store, "handle-request", interface))
    record = Record()
    record.method = request["method"].lower()
    record.uri = request["uri"]
    record.headers = [tuple(header) for header in request["headers"]]
    record.params = []
    record.body = None if request["body"] is None else base64.b64decode(request["body"])
    response = handler(store, record)
    return {
        "status": response.status,
        "headers": [list(header) for header in response.headers or []],
        "body": base64.b64encode(bytes(response.body or b"")).decode(),
    }


def main():
    engine = Engine(Config())
    linker = Linker(engine)
    linker.add_wasip2()
    data = {}
    define_key_value(linker, data)
    components = [Component.from_file(engine, path) for path in sys.argv[1:]]
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = handle(engine, linker, components[request["unit"]], request)
        except (WasmtimeError, Trap) as error:
            answer = {"trap": str(error)}
        print(json.dumps(answer), flush=True)


main()
