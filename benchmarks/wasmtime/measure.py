"""Measures one component on Wasmtime 42, with the pooling allocator as Spin sets it.

Usage: python3 measure.py --precompile UNIT.wasm…, which writes UNIT.cwasm beside each where it is older or missing;
or python3 measure.py UNIT.wasm, which loads UNIT.cwasm where it is up to date, and else compiles.
Prints {"load": ns}, then reads one JSON command per line and answers each with one JSON line:
{"do": "request", "uri"} on a kept instance, {"do": "fresh", "uri", "events"} with an instance for each event,
{"do": "memory", "uri", "instances"} with that many instances alive.
"""

import gc
import json
import os
import sys
from ctypes import c_size_t
from time import perf_counter_ns

from wasmtime import Config, Engine, Store, WasiConfig
from wasmtime import _bindings as ffi
from wasmtime.component import Component, Linker, OptionType, Record, ResultType, VariantType
from wasmtime.component._types import VariantLikeType

# wasmtime-py 42 inherits the abstract `add_classes` first, so that no variant can be nested in a result.
for nested in (OptionType, ResultType, VariantType):
    nested.add_classes = VariantLikeType.add_classes


def pooling_config():
    """As crates/trigger of Spin 3.6 has it, for fewer instances at a time."""
    config = Config()
    pooling = ffi.wasmtime_pooling_allocation_config_new()

    def limit(name, value):
        getattr(ffi, f"wasmtime_pooling_allocation_config_{name}_set")(pooling, c_size_t(value))

    ffi.wasmtime_pooling_allocation_config_total_component_instances_set(pooling, 100)
    ffi.wasmtime_pooling_allocation_config_total_core_instances_set(pooling, 20_000)
    ffi.wasmtime_pooling_allocation_config_max_core_instances_per_component_set(pooling, 200)
    ffi.wasmtime_pooling_allocation_config_max_tables_per_component_set(pooling, 64)
    ffi.wasmtime_pooling_allocation_config_total_tables_set(pooling, 3_000)
    ffi.wasmtime_pooling_allocation_config_total_memories_set(pooling, 3_000)
    ffi.wasmtime_pooling_allocation_config_max_memories_per_component_set(pooling, 32)
    limit("table_elements", 100_000)
    limit("max_core_instance_size", 10 * 1024 * 1024)
    limit("max_component_instance_size", 10 * 1024 * 1024)
    limit("linear_memory_keep_resident", 1024 * 1024)
    limit("table_keep_resident", 1024 * 1024)
    ffi.wasmtime_pooling_allocation_strategy_set(config.ptr(), pooling)
    ffi.wasmtime_pooling_allocation_config_delete(pooling)
    return config


class Unit:
    def __init__(self, path):
        self.engine = Engine(pooling_config())
        self.linker = Linker(self.engine)
        self.linker.add_wasip2()
        began = perf_counter_ns()
        self.component = (
            Component.deserialize_file(self.engine, compiled(path))
            if is_compiled(path)
            else Component.from_file(self.engine, path)
        )
        self.load = perf_counter_ns() - began
        self.kept = None

    def store(self):
        store = Store(self.engine)
        wasi = WasiConfig()
        wasi.inherit_stderr()
        store.set_wasi(wasi)
        return store

    def handler(self, store, instance):
        interface = instance.get_export_index(store, "fermyon:spin/inbound-http")
        return instance.get_func(store, instance.get_export_index(store, "handle-request", interface))

    def request(self, uri):
        if self.kept is None:
            store = self.store()
            self.kept = store, self.handler(store, self.linker.instantiate(store, self.component))
        store, handler = self.kept
        request = request_for(uri)
        began = perf_counter_ns()
        response = handler(store, request)
        took = perf_counter_ns() - began
        return {"body": body_of(response), "ns": took}

    def fresh(self, uri, events):
        times = {"instantiate": [], "event": [], "drop": []}
        request = request_for(uri)
        for _ in range(events):
            store = self.store()
            before = perf_counter_ns()
            instance = self.linker.instantiate(store, self.component)
            made = perf_counter_ns()
            body_of(self.handler(store, instance)(store, request))
            answered = perf_counter_ns()
            store.close()
            dropped = perf_counter_ns()
            times["instantiate"].append(made - before)
            times["event"].append(answered - made)
            times["drop"].append(dropped - answered)
        return times

    def memory(self, uri, instances):
        self.fresh(uri, 1)
        gc.collect()
        before = resident()
        alive = []
        for _ in range(instances):
            store = self.store()
            handler = self.handler(store, self.linker.instantiate(store, self.component))
            body_of(handler(store, request_for(uri)))
            alive.append((store, handler))
        return {"bytes": resident() - before}


def request_for(uri):
    request = Record()
    request.method = "get"
    request.uri = uri
    request.headers = [("host", "localhost")]
    request.params = []
    request.body = None
    return request


def body_of(response):
    body = bytes(response.body or b"").decode()
    if response.status != 200:
        raise RuntimeError(f"answered {response.status}: {body}")
    return body


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def compiled(path):
    return path.removesuffix(".wasm") + ".cwasm"


def is_compiled(path):
    return os.path.exists(compiled(path)) and os.path.getmtime(compiled(path)) >= os.path.getmtime(path)


def precompile(paths):
    engine = Engine(pooling_config())
    for path in paths:
        if not is_compiled(path):
            code = Component.from_file(engine, path).serialize()
            with open(compiled(path), "wb") as file:
                file.write(code)


def main():
    if sys.argv[1] == "--precompile":
        precompile(sys.argv[2:])
        return
    unit = Unit(sys.argv[1])
    print(json.dumps({"load": unit.load}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        todo = command.pop("do")
        try:
            answer = {"request": unit.request, "fresh": unit.fresh, "memory": unit.memory}[todo](**command)
        except Exception as error:  # told to whoever asked, which ends the case
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
