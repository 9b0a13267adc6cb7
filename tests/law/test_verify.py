"""Worked examples are computed again: what comes out, what does not, and files that are no examples."""

import io
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from bot.examples.files import LARGEST_FILE, ExamplesError, read_examples
from bot.examples.given import as_number, as_period, as_ratio
from bot.examples.judging import Verdict, verify, verify_file

EXAMPLES = Path(__file__).parent / "cases" / "examples.yaml"
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


def test_what_is_no_number_spoils_its_own_example_alone(tmp_path, law):
    odd = PENSION.replace("years: 25", "years: .nan") % 6_500_000 + PENSION % ".inf" + PENSION % 6_500_000
    verdicts = [Verdict.NO_ANSWER, Verdict.DIFFERS, Verdict.REPRODUCED]
    assert judged(tmp_path, law, odd) == verdicts


def test_further_examples_of_every_topic_come_out_and_mistakes_of_others_do_not():
    out = io.StringIO()
    assert verify_file(EXAMPLES, out) == 0, out.getvalue()


@pytest.mark.parametrize("garbage", ["???", -1, 10**9, [], [["x"]], {"a": {}}, True, "2016-13"], ids=repr)
def test_what_cannot_be_read_is_said_in_a_sentence_and_never_breaks(garbage, law):
    data = read_examples(EXAMPLES)
    for row in (*data["examples"], *data["derived_vectors"]):
        for name in row["inputs"]:
            mangled = {**row, "inputs": {**row["inputs"], name: garbage}}
            (found,) = verify({"examples": [mangled]}, law)
            assert "inputs of another shape" not in found.detail, (row["id"], name, found.detail)


@pytest.mark.parametrize(
    ("topic", "inputs", "words"),
    [
        ("pension_rate", "years: 20", "'sex' is missing; write it under `inputs`"),
        ("pension_rate", "sex: X, years: 20", "'sex' is 'X'; write F or M"),
        ("pension_rate", "sex: F", "'months' is missing; write months, years"),
        ("pension_rate", "sex: F, years: 14", "12 months are missing for a pension"),
        ("lump_sum", "average: 1", "'months_before_2014' and 'months_from_2014' are missing"),
        ("lump_sum", "total: 5y, before_2014: 6y", "longer than the whole"),
        ("lump_sum", "months_from_2014: 24, case: f", "'case' is 'f'; write one of"),
        ("lump_sum", "period: 2020-05..2020-04", "'period' is '2020-05..2020-04'; write months as"),
        ("monthly_contribution", "income: many", "'income' is 'many'; write a number"),
        ("monthly_contribution", "income: 1500000.5", "'income' is 1500000.5; write a whole number"),
        ("support_choose_highest", "groups: [rich]", "'rich' is no support group; write one of"),
        ("retirement_age", "sex: F, birth: 1968-13", "'birth' is '1968-13'; write YYYY, YYYY-MM"),
        ("average_income", "benefit_year: 2023, incomes: {2020: 1}", "no table for 2023"),
        ("average_income", "benefit_year: 2026, incomes: 5", "'incomes' is no mapping; write 2016-2021"),
        ("lump_sum_with_coefficients", "segments: [5]", "write such a list"),
        ("rounding_odd_months", "months: 7.9", "'months' is 7.9 months; write years and whole months"),
        ("pension_rate", "sex: F, years: 15.3", "'months' is 183.6 months; write years and whole months"),
        ("mixed_average", "months_comp: 12, incomes: {2025: 1}", "'compulsory_average' is missing"),
        ("unit_code", "unit_id: 12, object: DN, sector: A03", "the unit '12' has another shape"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_used_is_named_with_what_to_write(topic, inputs, words, tmp_path, law):
    file = tmp_path / "examples.yaml"
    example = f"{{id: A, topic: {topic}, inputs: {{{inputs}}}, published: {{amount: 1}}}}"
    file.write_text(f"examples: [{example}]", encoding="utf-8")
    (found,) = verify(read_examples(file), law)
    assert found.verdict is Verdict.NO_ANSWER
    assert words in found.detail


@pytest.mark.parametrize(
    ("written", "months"),
    [("19y7m", 235), ("19 years 7 months", 235), ("19 năm 7 tháng", 235), ("7m", 7), ("20y", 240),
     ("15", 180), (15, 180), ([19, 7], 235), ("2005-10..2017-03", 138), ("26y4m (as printed)", 316),
     ("1.5y", 18)],
)  # fmt: skip
def test_a_period_is_read_however_it_is_written(written, months):
    assert as_period(written, "time") == months


@pytest.mark.parametrize(
    ("written", "number"),
    [(5, "5"), ("5", "5"), ("1.500.000", "1500000"), ("1,500,000", "1500000"), ("1 500 000 đ", "1500000"),
     ("0.22", "0.22"), ("75%", "75")],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(written, number):
    assert as_number(written, "income") == Decimal(number)


@pytest.mark.parametrize(
    ("written", "ratio"), [(75, "0.75"), ("75%", "0.75"), ("0.75", "0.75"), ("1%", "0.01"), (1, "1")]
)
def test_a_share_is_a_percentage_above_one(written, ratio):
    assert as_ratio(written, "rate") == Decimal(ratio)


def test_what_differs_says_what_was_not_read(tmp_path, law):
    file = tmp_path / "examples.yaml"
    file.write_text(
        "examples: " + (PENSION % 1).replace("years: 25", "years: 25, mood: good"), encoding="utf-8"
    )
    (found,) = verify(read_examples(file), law)
    assert found.detail == ": pension 6500000, printed 1; not read: mood"


def test_an_exact_fraction_is_compared_as_far_as_the_source_prints_it(tmp_path, law):
    right, wrong = Verdict.REPRODUCED, Verdict.DIFFERS
    for printed, verdict in (("3.33", right), ("3.3", right), ("3", right), ("3.34", wrong), ("4", wrong)):
        file = tmp_path / "examples.yaml"
        example = (
            "{id: A, topic: average_with_coefficients, inputs: {total: 10, months: 3},"
            f" published: {{average: {printed}}}}}"
        )
        file.write_text(f"examples: [{example}]", encoding="utf-8")
        (found,) = verify(read_examples(file), law)
        assert found.verdict is verdict, printed


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


def test_one_example_that_is_none_does_not_stop_the_others(tmp_path, law):
    broken = """
- {id: A, topic: pension_amount, inputs: 5, published: {pension: 1}}
- {id: B, topic: pension_amount, inputs: {sex: F}}
- {id: C, topic: pension_amount, published: {pension: 1}, tolerance: some}
- {id: D, topic: pension_amount, published: {pension: 1}}
"""
    found = judged(tmp_path, law, broken + PENSION % 6_500_000)
    assert found == [Verdict.NO_ANSWER] * 4 + [Verdict.REPRODUCED]


def test_derived_vectors_alone_are_a_file_too(tmp_path, law):
    file = tmp_path / "examples.yaml"
    file.write_text(
        "derived_vectors:" + (PENSION % 6_500_000).replace("published", "output"), encoding="utf-8"
    )
    assert [found.verdict for found in verify(read_examples(file), law)] == [Verdict.REPRODUCED]


def test_a_missing_or_huge_file_is_refused(tmp_path):
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_examples(tmp_path / "none.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(ExamplesError, match="larger than"):
        read_examples(tmp_path / "huge.yaml")
