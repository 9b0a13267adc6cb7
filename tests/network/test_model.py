"""Long random lives of many leads, in two processes: no lead is lost, doubled, ownerless or called at night.

`make model` lives 10,000 steps on each database.
"""

import pytest

from handlers.leads import Move
from tests.network.model import live

SHORT = 30  # steps with a process apart, where a long life was not asked for


@pytest.mark.parametrize("apart", [False, True], ids=["two_houses", "two_processes"])
async def test_whatever_people_do_at_once_the_house_stays_in_order(apart, database_url, request):
    steps = request.config.getoption("--model-steps")
    long = steps >= 2_000
    life = await live(database_url, 2026, min(steps, SHORT) if apart and not long else steps, apart=apart)
    met = {move for move in Move if life.done[move.value]}
    if long:
        assert met == set(Move), "the life was too short to prove anything"
    assert len(met) >= 8 or apart
    print(steps, dict(life.done), len(life.made), "leads")
