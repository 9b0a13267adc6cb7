"""Random lives of many leads: whatever people do, none is lost, doubled, left alone or called at night.

A Hypothesis state machine. One by one its lives are the same each time, and what breaks a rule is shrunk to
the shortest life that does; in two processes what happens at once takes its chance, and what broke is told as
it was. `make model` lives 10,000 steps of each on each database.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handlers.leads import Move
from tests.conftest import Databases
from tests.network.lives import DEEDS, Life
from tests.network.order import Order
from tests.network.other import Other

LONG, SHORT = 100, 30  # steps of one life: enough for a follow-up a week later, or quick
MANY = 5_000  # steps in which every move of a lead is met
SEEDS = st.integers(0, 2**32 - 1)
ANY = st.sampled_from([name for name, (_, often) in DEEDS.items() for _ in range(often)])


@dataclass(slots=True)
class Ground:
    """Where lives are lived one after another, how many steps of which chance, and what they met."""

    databases: Databases
    kind: str
    runner: asyncio.Runner
    steps: int
    seed: int
    other: Other | None = None
    done: Counter[str] = field(default_factory=Counter)
    lived: int = 0
    leads: int = 0

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(what)


class Lives(RuleBasedStateMachine):
    """One life: people do things one by one and at once, time passes, timers fire; then all must be in order.

    Each rule draws a seed alone, whatever the database holds: two processes never do quite the same twice.
    """

    ground: ClassVar[Ground]

    @initialize(seed=SEEDS)
    def found(self, seed: int) -> None:
        ground = self.ground
        self.url = ground.databases.make(ground.kind)
        self.life = Life(self.url, seed, crowded=ground.other is not None)
        self.order = Order(self.life)
        ground.run(self.life.found())
        if ground.other:
            ground.run(ground.other.move_to(self.url, seed + 1))

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.ground.done.update(self.life.done)
            self.ground.leads += len(self.life.made)
            self.ground.run(self.life.close())
            if not self.ground.other:
                self.ground.databases.drop(self.url)

    @rule(name=ANY, seed=SEEDS)
    def somebody_does(self, name: str, seed: int) -> None:
        self.ground.run(self.life.let(name, Random(seed)))

    @rule(people=st.integers(1, 4), seed=SEEDS)
    def some_do(self, people: int, seed: int) -> None:
        self.ground.run(self.life.some_do(Random(seed), people))

    @rule(people=st.integers(2, 4), seed=SEEDS)
    def collectors_work_at_once(self, people: int, seed: int) -> None:
        works = [self.life.let("works", Random(seed + each)) for each in range(people)]
        self.ground.run(self.life.at_once(works))

    @precondition(lambda self: self.ground.other)
    @rule(here=st.integers(1, 3), there=st.integers(1, 3), seed=SEEDS)
    def both_processes_are_busy(self, here: int, there: int, seed: int) -> None:
        other = self.ground.other
        assert other

        async def both() -> None:
            await asyncio.gather(self.life.some_do(Random(seed), here), other.do(self.life, there, seed + 1))

        self.ground.run(both())

    @rule(seed=SEEDS)
    def a_call_is_due(self, seed: int) -> None:
        self.ground.run(self.life.a_call_is_due(Random(seed)))

    @rule(minutes=st.sampled_from((1, 4, 10, 10, 30, 30, 60, 60, 200, 900, 4_320)))
    def time_passes(self, minutes: int) -> None:
        self.life.pass_time(minutes=minutes)

    @invariant()
    def all_is_in_order(self) -> None:
        """Once the timers fired, in both processes at once."""
        other = self.ground.other

        async def due() -> None:
            await asyncio.gather(self.life.house.tick(), *([other.do(self.life, 0)] if other else []))

        self.ground.run(due())
        self.ground.run(self.order.check())
        self.ground.lived += 1


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ground(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Ground]:
    with asyncio.Runner() as runner:
        asked = request.config.getoption
        yield Ground(databases, request.param, runner, asked("--model-steps"), asked("--model-seed"))


def live(ground: Ground, steps: int, *, length: int) -> set[Move]:
    """Live so many steps in lives of this length; return the moves of leads they met."""
    phases = set(Phase) - ({Phase.shrink} if ground.other else set())
    lives = 1 + 3 * steps // (2 * length)  # the first is of the simplest steps alone, and some end early
    ways = settings(
        max_examples=lives, stateful_step_count=length, phases=phases, database=None, deadline=None,
        derandomize=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    print("--model-seed", ground.seed)
    machine = seed(ground.seed)(type("Here", (Lives,), {"ground": ground}))
    run_state_machine_as_test(machine, settings=ways)
    print(ground.lived, "steps,", ground.leads, "leads:", dict(ground.done))
    assert ground.lived >= steps
    return {move for move in Move if ground.done[move.value]}


def test_whatever_people_do_the_house_stays_in_order(ground: Ground) -> None:
    met = live(ground, ground.steps, length=LONG)
    enough = met == set(Move) if ground.steps >= MANY else len(met) >= 8
    assert enough, "these lives were too short to prove anything"


def test_two_processes_at_once_stay_in_order(ground: Ground) -> None:
    long = ground.steps >= MANY
    ground.other = ground.run(Other.start())
    try:
        met = live(ground, ground.steps if long else SHORT, length=LONG if long else SHORT)
    finally:
        ground.run(ground.other.leave())
    assert met == set(Move) or not long, "these lives were too short to prove anything"
