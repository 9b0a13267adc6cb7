"""The JSON API: a quote for a request, and the document that describes it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.lawdesk import answer
from bot.web.limit import CLIENT, RateLimit
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.schema import error_schema, quote_schema, request_schema


class Api:
    """The routes under /api/v1."""

    def __init__(self, law: Law, *, per_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        """`per_minute` limits each client address; `seconds` is a clock that only goes forward."""
        self._law, self._limit, self._seconds = law, RateLimit(per_minute), seconds
        self._document = json.dumps(document(), ensure_ascii=False)

    def routes(self) -> list[web.RouteDef]:
        """POST a quote, GET the document."""
        return [web.post("/api/v1/quote", self.quote), web.get("/api/v1/openapi.json", self.openapi)]

    async def quote(self, request: web.Request) -> web.Response:
        """Answer one quote request. 400 with code, field and sentence for a bad one; 429 when too often."""
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
        said = answer(body, self._law)
        return web.json_response(said, status=400 if "error" in said else 200)

    async def openapi(self, _: web.Request) -> web.Response:
        """Serve the OpenAPI document."""
        return web.Response(text=self._document, content_type="application/json")


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document, with the schemas generated from the types."""

    def content(schema: dict[str, Any]) -> dict[str, Any]:
        return {"application/json": {"schema": schema}}

    wrong = {"type": "object", "properties": {"error": error_schema()}, "required": ["error"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "An Sinh",
            "version": "1",
            "description": "Quotes for voluntary social insurance. Money is whole đồng.",
        },
        "paths": {
            "/api/v1/quote": {
                "post": {
                    "summary": "Price a person's plan on a day, with the article behind each figure",
                    "requestBody": {"required": True, "content": content(request_schema())},
                    "responses": {
                        "200": {"description": "The quote", "content": content(quote_schema())},
                        "400": {
                            "description": "A request that cannot be answered",
                            "content": content(wrong),
                        },
                        "413": {
                            "description": "A body of more than 1 MiB",
                            "content": content(wrong),
                        },
                        "429": {
                            "description": "Too many requests: see Retry-After",
                            "content": content(wrong),
                        },
                    },
                }
            }
        },
    }
