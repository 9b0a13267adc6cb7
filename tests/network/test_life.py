"""Long random lives of many leads: whatever people do and in whatever order, the house stays in order."""

from collections import Counter, defaultdict
from random import Random

import pytest

from bot.storage.network_schema import bookings, lead_events, leads
from handlers.leads import DONE, LIFE, OPEN, LeadState, Move
from tests.network.house import at, citizen, house_on

COLLECTORS = ("LS0001", "LS0002", "LS0003")
STEPS = 150
HOURS = [at(27, hour) for hour in (8, 9, 10, 14, 15)]


async def check(house):
    """What must hold at any time."""
    rows = await house.rows(
        leads.c.id, leads.c.state, leads.c.collector_id, leads.c.starts_at, leads.c.person
    )
    held = [(holder, starts_at) for _, state, holder, starts_at, _ in rows if state in OPEN and holder]
    assert max(Counter(held).values(), default=1) == 1, "one collector has two leads for one hour"
    assert set(held) <= set(await house.rows(bookings.c.collector_id, bookings.c.starts_at))
    people = Counter(person for _, state, _, _, person in rows if state in OPEN)
    assert max(people.values(), default=1) == 1, "a person has two open leads"
    assert all((holder is None) == (state == "unassigned") for _, state, holder, *_ in rows if state in OPEN)
    await check_events(house, {identity: state for identity, state, *_ in rows})


async def check_events(house, states):
    """Every lead came to where it stands by moves its life knows, each written down."""
    columns = (lead_events.c.id, lead_events.c.lead_id, lead_events.c.what, lead_events.c.state)
    came = defaultdict(lambda: LeadState.UNASSIGNED)
    for _, lead, what, state in sorted(await house.rows(*columns)):
        if what != "to_office":
            assert LIFE[came[lead]][Move(what)] == state
            came[lead] = LeadState(state)
        assert came[lead] == state
    assert {lead: came[lead] for lead in states} == states


async def step(house, rng, seen):
    """Somebody does something, sensible or not."""
    what, number, lead = rng.random(), rng.randrange(8), rng.randrange(1, max(seen, default=1) + 2)
    if what < 0.3:
        offered = await house.free(address=citizen(number))
        hour = rng.choice(offered) if offered else "2026-11-25T09:00+07:00"
        done = await house.book(number, hour, phone=f"+8491234567{number}")
        seen |= {done["lead"]} if done else set()
    elif what < 0.35:
        assert (await house.forget(number))["kept"] in ([], ["consent_record"])
    elif what < 0.45:
        house.later(hours=rng.randrange(1, 30))
    elif what < 0.8:
        code = rng.choice(COLLECTORS)
        jobs = [job for job in await house.desk(code) if job != "look-0"]
        if jobs:
            action, _, of_lead = rng.choice(jobs).partition("-")
            done = await house.settle(code, action, int(of_lead), starts_at=rng.choice(HOURS))
            assert done["result"] in (DONE[Move(action)], "hour_taken")
    else:
        await house.settle(rng.choice(COLLECTORS), rng.choice(list(DONE)), lead, starts_at=rng.choice(HOURS))


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_life_keeps_the_house_in_order(seed, database_url):
    rng, seen = Random(seed), set()
    async with house_on(database_url, *COLLECTORS) as house:
        for _ in range(STEPS):
            await step(house, rng, seen)
            await check(house)
        states = {state for (state,) in await house.rows(leads.c.state)}
        assert len(states) >= 2, "the life was too short to prove anything"
