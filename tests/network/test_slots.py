"""The range algebra of callback times, held against sets of minutes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from calculators.slots import (
    Range,
    Shift,
    cut,
    days,
    intersect,
    merge,
    spread,
    subtract,
    union,
    weekly,
)

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 23)


def minute(count):
    return START + timedelta(minutes=count)


stretches = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda ends: Range(*map(minute, ends)))
lists = st.lists(stretches, max_size=12)
normal = lists.map(merge)


def minutes(ranges):
    """The minutes a list of ranges covers: the plain meaning of the algebra."""
    found = set()
    for one in ranges:
        found |= {m for m in range(300) if one.start <= minute(m) < one.end}
    return found


def is_normal(ranges):
    return all(one.start < one.end for one in ranges) and all(
        left.end < right.start for left, right in pairwise(ranges)
    )


@given(lists)
def test_merging_keeps_every_minute_and_leaves_ranges_apart_and_in_order(ranges):
    assert minutes(merge(ranges)) == minutes(ranges)
    assert is_normal(merge(ranges))


@given(normal, normal)
def test_union_intersection_and_difference_are_those_of_the_minutes(left, right):
    for joined, expected in (
        (union(left, right), minutes(left) | minutes(right)),
        (intersect(left, right), minutes(left) & minutes(right)),
        (subtract(left, right), minutes(left) - minutes(right)),
    ):
        assert minutes(joined) == expected
        assert is_normal(joined)


@given(normal, normal)
def test_a_range_is_what_it_shares_and_what_it_does_not_share(left, right):
    assert union(subtract(left, right), intersect(left, right)) == left


@given(normal, st.sampled_from([15, 20, 30, 60]))
def test_slots_lie_inside_the_free_time_on_one_grid_and_never_overlap(free, length):
    slots = list(cut(free, timedelta(minutes=length), LOCAL))
    assert subtract(merge(slots), free) == ()
    assert all(left.end <= right.start for left, right in pairwise(slots))
    for slot in slots:
        local = slot.start.astimezone(LOCAL)
        assert (local.hour * 60 + local.minute) % length == 0
        assert slot.end - slot.start == timedelta(minutes=length)


@given(normal)
def test_no_whole_hour_of_the_free_time_is_left_out(free):
    hours = {slot.start for slot in cut(free, HOUR, LOCAL)}
    for hour in range(5):
        inside = minutes(free) >= {hour * 60 + m for m in range(60)}
        assert (minute(hour * 60) in hours) == inside


def test_weekly_hours_fall_on_their_weekdays_in_local_time():
    shifts = [Shift(0, time(8), time(11)), Shift(0, time(13, 30), time(17)), Shift(2, time(8), time(9))]
    laid = weekly(shifts, MONDAY, MONDAY + timedelta(days=6), LOCAL)
    assert [(one.start.astimezone(LOCAL).isoformat(), one.end - one.start) for one in laid] == [
        ("2026-11-23T08:00:00+07:00", timedelta(hours=3)),
        ("2026-11-23T13:30:00+07:00", timedelta(hours=3.5)),
        ("2026-11-25T08:00:00+07:00", timedelta(hours=1)),
    ]


def test_a_shift_that_begins_at_half_past_gives_slots_from_the_next_full_hour():
    free = weekly([Shift(0, time(13, 30), time(16, 45))], MONDAY, MONDAY, LOCAL)
    assert [slot.start.astimezone(LOCAL).hour for slot in cut(free, HOUR, LOCAL)] == [14, 15]


def test_a_day_off_takes_the_whole_local_day():
    free = weekly([Shift(day, time(0), time(23)) for day in range(7)], MONDAY, MONDAY + 2 * DAY, LOCAL)
    rest = subtract(free, days([MONDAY + DAY], LOCAL))
    assert {one.start.astimezone(LOCAL).date() for one in rest} == {MONDAY, MONDAY + 2 * DAY}


slot_lists = st.lists(st.integers(0, 24 * 6), max_size=40, unique=True).map(
    lambda hours: [Range(START + h * HOUR, START + (h + 1) * HOUR) for h in sorted(hours)]
)


@given(slot_lists, st.integers(1, 6))
def test_a_spread_choice_is_as_long_as_it_can_be_in_order_and_from_the_slots(slots, most):
    chosen = spread(slots, most=most, a_day=2, apart=3 * HOUR, zone=LOCAL)
    assert len(chosen) == min(most, len(slots))
    assert list(chosen) == sorted(set(chosen))
    assert set(chosen) <= set(slots)


@given(slot_lists)
def test_four_of_many_slots_lie_on_two_days_at_least_where_two_days_are_free(slots):
    def free_days(some):
        return {slot.start.astimezone(LOCAL).date() for slot in some}

    chosen = spread(slots, most=4, a_day=2, apart=3 * HOUR, zone=LOCAL)
    assert len(free_days(chosen)) >= min(2, len(free_days(slots)))
    assert not slots or min(chosen) == min(slots)
