"""Long random lives of many leads, in two processes: no lead is lost, doubled, ownerless or called at night.

`make model` lives 10,000 steps on each database.
"""

import pytest

from handlers.leads import Move
from tests.network.model import live


@pytest.mark.parametrize("seed", [2026])
async def test_whatever_people_do_at_once_the_house_stays_in_order(seed, database_url, request):
    steps = request.config.getoption("--model-steps")
    life = await live(database_url, seed, steps)
    met = {move for move in Move if life.done[move.value]}
    if steps >= 2_000:
        assert met == set(Move), "the life was too short to prove anything"
    assert len(met) >= 8
    print(steps, dict(life.done), len(life.made), "leads")
