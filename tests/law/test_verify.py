"""Worked examples are computed again: what comes out, what does not, and files that are no examples."""

import io
from pathlib import Path
from textwrap import dedent

import pytest

from bot.examples.files import LARGEST_FILE, ExamplesError, read_examples
from bot.examples.judging import Verdict, verify, verify_file

PENSION = """
- {id: A, law: new, topic: pension_amount, inputs: {sex: F, years: 25, average_income: 10000000},
   published: {rate_percent: 65, pension: %s}}
"""


def judged(tmp_path, law, examples, meta=""):
    file = tmp_path / "examples.yaml"
    file.write_text(f"meta: {{{meta}}}\nexamples:{dedent(examples)}", encoding="utf-8")
    return [found.verdict for found in verify(read_examples(file), law)]


def test_an_example_that_comes_out_is_reproduced_and_another_is_told(tmp_path, law):
    assert judged(tmp_path, law, PENSION % 6_500_000) == [Verdict.REPRODUCED]
    assert judged(tmp_path, law, PENSION % 6_500_001) == [Verdict.DIFFERS]


def test_a_tolerance_is_kept_to_the_last_dong(tmp_path, law):
    kept = (PENSION % 6_501_000).replace("law: new", "law: new, tolerance: 1000")
    passed = (PENSION % 6_501_001).replace("law: new", "law: new, tolerance: 1000")
    assert judged(tmp_path, law, kept + passed) == [Verdict.REPRODUCED, Verdict.DIFFERS]


def test_an_error_of_the_press_must_not_come_out_and_its_correction_must(tmp_path, law):
    right = (PENSION % 7_000_000).replace("}}", "}, recomputed: {pension: 6500000}}")
    repeated = PENSION % 6_500_000
    meta = "do_not_reproduce: [A]"
    assert judged(tmp_path, law, right, meta) == [Verdict.ERROR_KEPT_OUT]
    assert judged(tmp_path, law, repeated, meta) == [Verdict.ERROR_REPEATED]
    wrong = right.replace("6500000", "6500001")
    assert judged(tmp_path, law, wrong, meta) == [Verdict.DIFFERS]


def test_rules_to_read_are_listed_and_unknown_topics_are_not_passed_over(tmp_path, law):
    unknown = "\n- {id: B, topic: wishes, inputs: {}, published: {amount: 1}}\n"
    assert judged(tmp_path, law, unknown) == [Verdict.UNKNOWN_TOPIC]
    assert judged(tmp_path, law, unknown, "rules_to_read_not_compute: [B]") == [Verdict.READ]


def test_what_the_law_here_does_not_reach_is_no_answer(tmp_path, law):
    short = (PENSION % 1).replace("years: 25", "years: 14")
    assert judged(tmp_path, law, short) == [Verdict.NO_ANSWER]
    assert judged(tmp_path, law, (PENSION % 1).replace("sex: F", "sex: 7")) == [Verdict.NO_ANSWER]


def test_further_examples_of_every_topic_come_out_and_mistakes_of_others_do_not():
    out = io.StringIO()
    assert verify_file(Path(__file__).parent / "cases" / "examples.yaml", out) == 0, out.getvalue()


def test_the_exit_status_tells_whether_all_came_out(tmp_path):
    file = tmp_path / "examples.yaml"
    for pension, status, last in ((6_500_000, 0, "all reproduced"), (1, 1, "1 of 1 do not come out")):
        file.write_text("examples:" + PENSION % pension, encoding="utf-8")
        out = io.StringIO()
        assert verify_file(file, out) == status
        assert out.getvalue().splitlines()[-1] == last


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "examples: 3",
        "examples: [1, 2",
        "examples: !!python/object:os.system {}",
        "examples: [1]",
    ],
)
def test_a_file_of_another_kind_is_refused(text, tmp_path, law):
    file = tmp_path / "examples.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExamplesError):
        verify(read_examples(file), law)


def test_a_missing_or_huge_file_is_refused(tmp_path):
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_examples(tmp_path / "none.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(ExamplesError, match="larger than"):
        read_examples(tmp_path / "huge.yaml")
