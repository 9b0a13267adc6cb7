"""What a reader raises when words do not settle a value: a code, and the readings worth offering."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible reading: `raw` are canonical words that the same reader reads without doubt.

    `facts` are what a template needs to word the candidate as a choice (an amount, a ward's names).
    """

    raw: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class Unclear(Exception):
    """The words do not settle one value; `code` names the sentence that asks again.

    With candidates the person is shown them as choices of the same question; a tap answers with the
    candidate's `raw`. `facts` fill the sentence (for example the nearest allowed amounts). Choices of the
    question that would do no better are `useless`: they are not offered while it is asked again.
    """

    def __init__(
        self,
        code: str,
        *candidates: Candidate,
        facts: Mapping[str, Fact] | None = None,
        useless: Collection[str] = (),
    ) -> None:
        """`code` is a template block suffix such as "not_a_date"; it never holds what was typed."""
        super().__init__(code)
        self.code = code
        self.candidates = candidates
        self.facts: Mapping[str, Fact] = dict(facts or {})
        self.useless = frozenset(useless)
