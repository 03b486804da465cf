"""Asks compositions on Wasmtime 42: each file is one fresh instance, of whose interface all calls are made in order.

Reads one JSON object, {"calls": [[name, argument]…], "files": [[path, interface]…]}, and prints a JSON list for
each file. 64-bit integers are text in both directions.
"""

import json
import sys

from wasmtime import Config, Engine, Store
from wasmtime.component import Component, Linker, Record, VariantType
from wasmtime.component._types import VariantLikeType

# wasmtime-py 42 inherits the abstract `add_classes` first, so that no variant can be in a list.
VariantType.add_classes = VariantLikeType.add_classes


def choice(given):
    # wasmtime-py passes a payload bare where a variant's cases have distinct Python types.
    if given["tag"] == "at":
        point = Record()
        point.x = given["val"]["x"]
        point.y = int(given["val"]["y"])
        return point
    return given.get("val")


def point(value):
    return {"x": value.x, "y": str(value.y)}


def answers(engine, path, interface, calls):
    store = Store(engine)
    instance = Linker(engine).instantiate(store, Component.from_file(engine, path))
    api = instance.get_export_index(store, interface)

    def call(name, *args):
        function = instance.get_func(store, instance.get_export_index(store, name, api))
        result = function(store, *args)
        function.post_return(store)
        return result

    def ask(name, argument):
        if name == "cell":
            cell = call("[constructor]cell", argument)
            answer = call("[method]cell.get", cell)
            cell.drop(store)
            return answer
        if name == "pick":
            return point(call(name, choice(argument)))
        if name == "many":
            return [point(one) for one in call(name, [choice(one) for one in argument])]
        return call(name, argument)

    return [ask(name, argument) for name, argument in calls]


order = json.load(sys.stdin)
config = Config()
config.cranelift_opt_level = "none"
engine = Engine(config)
print(json.dumps([answers(engine, path, interface, order["calls"]) for path, interface in order["files"]]))
