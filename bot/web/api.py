"""The JSON API: every calculator as a route, and the document that describes them."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.calcdesk import answer
from bot.web.limit import CLIENT, RateLimit
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.registry import CALCULATORS
from calculators.schema import Mode, error_schema, schemas_of

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class Api:
    """The routes under /api/v1."""

    def __init__(self, law: Law, *, per_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        """`per_minute` limits each client address; `seconds` is a clock that only goes forward."""
        self._law, self._limit, self._seconds = law, RateLimit(per_minute), seconds
        self._document = json.dumps(document(), ensure_ascii=False)

    def routes(self) -> list[web.RouteDef]:
        """POST to a calculator, GET their list, the schemas of one and the document."""
        return [
            web.post("/api/v1/quote", self.quote),
            web.get("/api/v1/calc", self.calculators),
            web.post("/api/v1/calc/{name}", self.calculate),
            web.get("/api/v1/calc/{name}/schema", self.schema),
            web.get("/api/v1/openapi.json", self.openapi),
        ]

    async def quote(self, request: web.Request) -> web.Response:
        """Answer one quote request: the calculator of that name, at its older address."""
        return await self._answer("quote", request)

    async def calculate(self, request: web.Request) -> web.Response:
        """Answer one request. 400 with code, field and sentence for a bad one; 429 when too often."""
        name = request.match_info["name"]
        if name not in CALCULATORS:
            return _unknown()
        return await self._answer(name, request)

    async def calculators(self, _: web.Request) -> web.Response:
        """List every calculator with what it works out."""
        listed = [{"name": each.name, "about": each.about} for each in CALCULATORS.values()]
        return web.json_response({"calculators": listed})

    async def schema(self, request: web.Request) -> web.Response:
        """Serve the JSON Schema of a calculator's request and result."""
        calculator = CALCULATORS.get(request.match_info["name"])
        if calculator is None:
            return _unknown()
        return web.json_response({"$schema": _SCHEMA, "title": calculator.about, **calculator.schema()})

    async def openapi(self, _: web.Request) -> web.Response:
        """Serve the OpenAPI document."""
        return web.Response(text=self._document, content_type="application/json")

    async def _answer(self, name: str, request: web.Request) -> web.Response:
        wait = self._limit.wait(request[CLIENT], self._seconds())
        if wait:
            error = {"code": "too_many_requests", "field": "", "message": "wait before asking again"}
            retry = {"Retry-After": str(math.ceil(wait))}
            return web.json_response({"error": error}, status=429, headers=retry)
        try:
            body = (await request.read()).decode()
        except UnicodeDecodeError:
            refused = BadRequest(Refusal.NOT_AN_OBJECT, "", "not UTF-8")
            return web.json_response({"error": refused.as_json()}, status=400)
        said = answer(name, body, self._law)
        return web.json_response(said, status=400 if "error" in said else 200)


def _unknown() -> web.Response:
    error = {"code": Refusal.UNKNOWN_CALCULATOR.value, "field": "", "message": "see GET /api/v1/calc"}
    return web.json_response({"error": error}, status=404)


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document, with the schemas generated from the types."""
    calculators = {f"/api/v1/calc/{name}": _post(name) for name in CALCULATORS}
    kinds: list[tuple[str, type, Mode]] = []
    for each in CALCULATORS.values():
        kinds.append((f"{each.name}.request", each.request, "validation"))
        kinds.append((f"{each.name}.result", each.result, "serialization"))
    named, shared = schemas_of(kinds, "#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "An Sinh",
            "version": "1",
            "description": "The law of voluntary social insurance, calculated. Money is whole đồng.",
        },
        "paths": {"/api/v1/quote": _post("quote"), **calculators},
        "components": {"schemas": {"error": error_schema(), **named, **shared}},
    }


def _post(name: str) -> dict[str, Any]:
    def content(schema: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    wrong = {
        "400": "A request that cannot be answered: the field and the remedy",
        "413": "A body of more than 1 MiB",
        "429": "Too many requests: see Retry-After",
    }
    answers = {status: {"description": why, "content": content("error")} for status, why in wrong.items()}
    return {
        "post": {
            "summary": CALCULATORS[name].about,
            "requestBody": {"required": True, "content": content(f"{name}.request")},
            "responses": {
                "200": {"description": "The answer", "content": content(f"{name}.result")},
                **answers,
            },
        }
    }
