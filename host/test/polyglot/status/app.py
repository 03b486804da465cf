"""GET /orderstatus/<id>: 200 with the order's status, 404 for an id that no order has.

The counterpart of components/status/status.ts, which shares nothing with it but the contract.
"""

import json
import re
from urllib.parse import urlsplit

from wit_world import exports
from wit_world.imports.http_types import Method, Request, Response
from wit_world.imports.key_value import Store

PATH = re.compile(r"^/orderstatus/([0-9]+)$")


class InboundHttp(exports.InboundHttp):
    def handle_request(self, req: Request) -> Response:
        if req.method not in (Method.GET, Method.HEAD):
            return refuse(405, "method", f"use GET, not {req.method.name}", [("allow", "GET, HEAD")])
        path = PATH.match(urlsplit(req.uri).path)
        status = Store.open("default").get(path[1]) if path else None
        if status is None:
            return refuse(404, "id", "no order has this id")
        return answer(200, {"id": path[1], "status": status.decode()})


def refuse(status: int, field: str, problem: str, headers: list[tuple[str, str]] = []) -> Response:
    return answer(status, {"error": {"field": field, "problem": problem}}, headers)


def answer(status: int, content: dict, headers: list[tuple[str, str]] = []) -> Response:
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(status, [("content-type", "application/json"), *headers], body)
