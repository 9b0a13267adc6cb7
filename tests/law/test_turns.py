"""Turns and the time of working hours: arithmetic that collectors' days rest on."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calculators.slots import Range, clear, elapse
from calculators.turns import Waiting, in_turn

NOW = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOUR = timedelta(hours=1)


def waiting(id_, organisation, share, hours):
    return Waiting(id_, organisation, share, NOW - hours * HOUR)


def order(*team):
    return [place.waiting.id for place in in_turn(team, NOW)]


def test_who_has_waited_longest_comes_first_and_ties_go_by_id():
    assert order(waiting(1, 1, 1, 2), waiting(2, 1, 1, 3), waiting(3, 1, 1, 2)) == [2, 1, 3]


def test_a_share_counts_as_often_as_it_was_agreed_and_is_split_among_mates():
    # 3 hours × 2 ÷ 3 mates is 2; 3 hours × 1 ÷ 1 is 3
    assert order(waiting(1, 1, 2, 3), waiting(2, 1, 2, 1), waiting(3, 1, 2, 1), waiting(4, 2, 1, 3)) == [
        4,
        1,
        2,
        3,
    ]


def test_who_waits_since_a_moment_to_come_has_not_waited():
    assert order(waiting(2, 1, 1, -5), waiting(1, 2, 1, 0)) == [1, 2]
    assert order(waiting(1, 1, 1, -5), waiting(2, 2, 1, 0)) == [1, 2]


def test_a_place_says_its_number_and_its_mates():
    places = in_turn([waiting(1, 1, 1, 1), waiting(2, 1, 1, 9), waiting(3, 2, 1, 2)], NOW)
    assert [(place.number, place.waiting.id, place.mates) for place in places] == [
        (0, 2, 2),
        (1, 3, 1),
        (2, 1, 2),
    ]
    assert in_turn([], NOW) == []


HOURS = (
    Range(NOW, NOW + 2 * HOUR),
    Range(NOW + 4 * HOUR, NOW + 5 * HOUR),
    Range(NOW + 8 * HOUR, NOW + 9 * HOUR),
)


@pytest.mark.parametrize(
    ("since", "length", "at"),
    [
        (0, 1, 1), (0, 2, 2), (-3, 2, 2), (1, 1, 2), (1, 2, 5), (0, 4, 9), (0, 3, 5), (2, 1, 5), (3, 2, 9),
        (0, 5, None), (9, 1, None),
    ],
)  # fmt: skip
def test_working_time_passes_only_within_working_hours(since, length, at):
    found = elapse(HOURS, NOW + since * HOUR, length * HOUR)
    assert found == (None if at is None else NOW + at * HOUR)


@pytest.mark.parametrize(
    ("start", "free"), [(-3, True), (-2, True), (-1, False), (0, False), (1, False), (2, True)]
)
def test_a_slot_keeps_its_distance_from_every_booking(start, free):
    slot = Range(NOW, NOW + HOUR)
    assert clear(slot, [NOW + 24 * HOUR, NOW + start * HOUR], buffer=HOUR) is free
    assert clear(slot, [], buffer=HOUR)
