"""What a collector may do with a lead, and what he is told when he may not."""

import pytest

from handlers.leads import ACTIONS, DONE, LIFE, OPEN, REFUSALS, LeadState, Move, refusal
from tests.network.house import at, citizen, house_on, inbox


def test_every_state_is_reached_and_every_open_lead_can_be_cancelled():
    reached = {LeadState.UNASSIGNED} | {state for moves in LIFE.values() for state in moves.values()}
    assert reached == set(LeadState)
    assert all(LIFE[state][Move.CANCEL] is LeadState.CANCELLED for state in OPEN)


def test_a_collector_neither_offers_nor_cancels():
    assert {move for moves in ACTIONS.values() for move in moves} == set(DONE)
    assert set(DONE).isdisjoint({Move.OFFER, Move.CANCEL})


@pytest.mark.parametrize("state", LeadState)
@pytest.mark.parametrize("move", DONE)
def test_an_action_is_done_or_refused_with_a_code_that_has_words(state, move):
    code = refusal(state, move, his=True)
    assert (code is None) == (move in ACTIONS.get(state, ()))
    assert code is None or code in REFUSALS
    assert refusal(state, move, his=False) == "not_yours"


@pytest.fixture
async def house(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003") as made:
        await made.book(1, at(25, 11))
        yield made


async def result(house, code, action, lead=1):
    return (await house.settle(code, action, lead))["result"]


async def test_accepting_twice_says_so(house):
    assert await result(house, "LS0001", "accept") == "accepted"
    assert await result(house, "LS0001", "accept") == "already_accepted"
    assert await result(house, "LS0001", "decline") == "already_accepted"
    assert await house.lead(1) == ("accepted", "LS0001")


async def test_a_lead_of_another_is_not_his_and_he_learns_nothing_of_it(house):
    for action in DONE:
        assert await house.settle("LS0002", action, 1) == {"result": "not_yours", "lead": 1}
        assert await house.settle("LS0002", action, 999) == {"result": "not_yours", "lead": 999}


async def test_who_belongs_to_no_collector_can_do_nothing(house):
    async with house.world(citizen(1)) as world:
        assert await world.settle("accept", 1, {}) == {"result": "not_yours", "lead": 1}
        assert await world.desk() == []


async def test_a_cancelled_lead_says_so(house):
    await house.forget(1)
    assert await result(house, "LS0001", "accept") == "cancelled"


async def test_the_phone_is_shown_by_the_call_alone_and_the_call_is_written_down(house):
    accepted = await house.settle("LS0001", "accept", 1)
    assert "phone" not in accepted
    await house.at_its_hour()
    called = await house.settle("LS0001", "call", 1)
    assert called["result"] == "called"
    assert called["phone"] == "0912 345 678"
    assert len(called["call_code"]) == 4
    assert await house.events(1) == [
        ("system", "offer", ""),
        ("collector:LS0001", "accept", ""),
        ("collector:LS0001", "call", ""),
    ]


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("joined", "won"),
        ("thinking", "thinking"),
        ("not_interested", "lost"),
        ("wrong_number", "unreachable"),
    ],
)
async def test_an_outcome_closes_the_lead(house, action, state):
    await house.at_its_hour()
    for step in ("accept", "call"):
        await house.settle("LS0001", step, 1)
    assert await result(house, "LS0001", action) == action
    assert await house.lead(1) == (state, "LS0001")
    assert await house.desk("LS0001") == ["look-0", "more-0", "undo-1"]
    assert await result(house, "LS0001", "call") == "closed"


async def test_who_did_not_answer_can_be_called_again(house):
    await house.at_its_hour()
    for step in ("accept", "call", "no_answer", "call"):
        assert await result(house, "LS0001", step) == DONE[Move(step)]
    assert await result(house, "LS0001", "joined") == "joined"


async def test_steps_cannot_be_skipped(house):
    assert await result(house, "LS0001", "call") == "accept_first"
    assert await result(house, "LS0001", "joined") == "accept_first"
    await house.settle("LS0001", "accept", 1)
    assert await result(house, "LS0001", "joined") == "call_first"


async def test_a_declined_lead_goes_from_one_to_the_next_and_then_to_the_office(house):
    code = (await house.book(1, at(25, 11)))["call_code"]
    for number, holder in enumerate(("LS0001", "LS0002"), start=1):
        assert await house.lead(1) == ("offered", holder)
        assert await result(house, holder, "decline") == "declined"
        told = house.told(citizen(1))
        assert len(told) == number
        assert f"Cô LS000{number + 1}" in told[-1]
        assert code in told[-1]
    assert await result(house, "LS0003", "decline") == "declined"
    assert await house.lead(1) == ("unassigned", None)
    assert "Cơ quan BHXH sẽ sắp người gọi" in house.told(citizen(1))[-1]
    assert (await house.events(1))[-2:] == [
        ("collector:LS0003", "decline", ""),
        ("system", "to_office", "nobody_free"),
    ]
    assert await house.settle("LS0001", "accept", 1) == {"result": "taken_over", "lead": 1, "holder": None}


async def test_each_new_holder_gets_a_card_and_the_old_one_has_it_no_more(house):
    await house.settle("LS0001", "decline", 1)
    assert [text[:8] for text in house.told(inbox("LS0002"))] == ["[Mới #1]"]
    assert await house.desk("LS0001") == ["look-0", "more-0"]
    assert await house.desk("LS0002") == ["accept-1", "decline-1", "later-1", "look-0", "more-0"]


async def test_an_hour_he_declined_is_not_offered_with_him_again(house):
    await house.settle("LS0001", "decline", 1)
    taken = [code for code, _ in await house.booked()]
    assert taken == ["LS0001", "LS0002"]
    assert (await house.book(2, at(25, 11)))["collector"]["code"] == "LS0003"
    assert await house.book(3, at(25, 11)) is None


async def test_a_lead_declined_too_late_for_another_goes_to_the_office(house):
    house.later(days=2, hours=1, minutes=30)  # half an hour before the call
    await house.settle("LS0001", "decline", 1)
    assert await house.lead(1) == ("unassigned", None)


async def test_who_was_left_to_the_office_may_book_again(house):
    for code in ("LS0001", "LS0002", "LS0003"):
        await house.settle(code, "decline", 1)
    again = await house.book(1, at(26, 9))
    assert again["lead"] == 2
    assert await house.lead(1) == ("cancelled", None)


async def test_the_card_sent_last_is_first_on_the_desk_then_the_next_calls(house):
    for number, hour in ((2, at(27, 9)), (3, at(27, 8)), (4, at(26, 9)), (5, at(26, 8)), (6, at(26, 10))):
        house.later(minutes=1)
        await house.book(number, hour)
    house.later(minutes=1)
    assert [job for job in await house.desk("LS0001") if "accept" in job] == ["accept-4", "accept-1"]
    await house.settle("LS0002", "decline", 2)  # it goes to LS0001, whose turn was longer ago
    desk = [job for job in await house.desk("LS0001") if "accept" in job]
    assert desk == ["accept-2", "accept-1", "accept-4"]


async def test_a_collector_whose_appointment_ended_has_no_desk_and_no_say(house):
    from datetime import date

    from sqlalchemy import update

    from bot.storage.network_schema import collectors

    async with house.engine.begin() as connection:
        ended = (
            update(collectors).where(collectors.c.code == "LS0001").values(active_until=date(2026, 11, 22))
        )
        await connection.execute(ended)
    assert await house.desk("LS0001") == []
    assert await result(house, "LS0001", "accept") == "not_yours"
