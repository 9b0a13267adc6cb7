"""The calculators over HTTP: listed, described, and answering as they do on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import pytest

from bot.calcdesk import answer as calc
from bot.web.api import document
from calculators.law import Law
from calculators.registry import CALCULATORS
from tests.channels.web_site import Site, site_on
from tests.conftest import Databases


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


async def test_every_calculator_is_listed_and_described(site: Site) -> None:
    listed = (await (await site.get("/api/v1/calc")).json())["calculators"]
    assert [each["name"] for each in listed] == list(CALCULATORS)
    document = await (await site.get("/api/v1/openapi.json")).json()
    for name in CALCULATORS:
        schema = await (await site.get(f"/api/v1/calc/{name}/schema")).json()
        kind = schema["request"]["$ref"].removeprefix("#/$defs/")
        assert document["components"]["schemas"][f"{name}.request"] == {
            "$ref": f"#/components/schemas/{kind}"
        }
        assert document["components"]["schemas"][kind]["additionalProperties"] is False
        assert f"/api/v1/calc/{name}" in document["paths"]


async def test_a_calculator_answers_as_on_the_command_line(site: Site) -> None:
    given = {"on": "2026-11-23", "income": 1_500_000, "years": 2}
    answer = await site.post("/api/v1/calc/ahead", json=given)
    assert answer.status == 200
    assert await answer.json() == calc("ahead", json.dumps(given), Law.load())
    wrong = await site.post("/api/v1/calc/ahead", json={**given, "years": 6})
    assert (wrong.status, (await wrong.json())["error"]["field"]) == (400, "years")


async def test_a_calculator_that_does_not_exist_is_not_found(site: Site) -> None:
    for answer in (
        await site.post("/api/v1/calc/horoscope", json={}),
        await site.get("/api/v1/calc/horoscope/schema"),
    ):
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "unknown_calculator")


def test_every_reference_of_the_document_leads_somewhere() -> None:
    made = document()
    text = json.dumps(made)
    names = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text))
    assert names <= set(made["components"]["schemas"])
    assert "#/$defs/" not in text
    assert {f"{name}.{part}" for name in CALCULATORS for part in ("request", "result")} <= names
