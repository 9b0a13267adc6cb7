"""Whole answers: each figure with its sum, each text with its article, each refusal with its words."""

import pytest

from tests.law.answers import ANSWERS, answer, cases
from tests.law.tables import plain_id


@pytest.mark.parametrize("case", cases(), ids=lambda case: plain_id(case.name))
def test_the_whole_answer_is_the_one_that_was_read(case, law):
    assert answer(case.row, law) == case.expected, "renew with: python -m tests.law.answers"


def test_no_answer_is_kept_of_a_case_that_is_gone():
    kept = [line for file in ANSWERS.glob("*.txt") for line in file.read_text("utf-8").splitlines()]
    assert sum(line.startswith("# ") for line in kept) == len(cases())
