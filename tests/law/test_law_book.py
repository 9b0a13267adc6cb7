"""The law book: every number, rule and open question, in the words of officers."""

import shutil

import pytest

from bot import lawbook
from bot.lawbook import LawBookError, book, cited
from calculators.vocabulary import PARAMETERS


@pytest.fixture(scope="module")
def text(law):
    return book(law)


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A copy of the words, to spoil."""
    shutil.copytree(lawbook.FOLDER, tmp_path / "law")
    monkeypatch.setattr(lawbook, "FOLDER", tmp_path / "law")

    def spoil(file, old, new):
        path = tmp_path / "law" / file
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

    return spoil


def rows(text, start):
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_every_parameter_stands_in_it_with_each_of_its_rows(text, law):
    for key in PARAMETERS:
        assert f"`{key}`" in text
    for series in law.numbers.values():
        for row in series.rows:
            assert f"| {row.since:%d/%m/%Y} |" in text


def test_a_row_reads_as_officers_write(text):
    assert (
        "| 01/01/2027 | 2.200.000\u00a0đ | Nghị định 351/2025/NĐ-CP | nguồn thứ cấp, chờ xác nhận |" in text
    )
    assert "| 01/07/2025 | 22% | Luật 41/2024/QH15 điều 36.1 | văn bản chính thức |" in text
    assert "| 01/01/2021 | 723 tháng (60 năm 3 tháng) | Bộ luật Lao động 45/2019/QH14 điều 169.2 |" in text
    assert "| 01/07/2029 | có | Nghị định 158/2025/NĐ-CP điều 3.2.b |" in text
    assert "`early_joiner_before_year` | 01/07/2025 | 2021 |" in text
    assert "`calling_opens` | 01/10/2020 | 8 giờ |" in text
    assert "`fund_yield` | 01/01/2020 | 0,483333% |" in text


def test_the_coefficients_stand_side_by_side(text):
    assert "| Năm đóng | 2020 | 2024 | 2025 | 2026 |" in text
    [line] = rows(text, "2018 |")
    assert line.endswith("| 1,23 |")


def test_provinces_are_told_with_what_is_not_known_of_them(text):
    [lang_son] = [row for row in rows(text, "20 |") if "Lạng Sơn" in row]
    assert "Lạng Sơn | mới có dự thảo | 23/11/2026 | Dự thảo ngày 24/10/2025" in lang_son
    [ha_noi] = rows(text, "Hà Nội | 01/01/2026")
    assert "| 50% |  | 60% |  | 10% |" in ha_noi
    assert any(
        "Hà Nội, Quận Long Biên (thêm vào mức chung) | 01/08/2022 | 40% |  | 50% |" in r
        for r in rows(text, "Hà")
    )


def test_a_rule_shows_the_texts_of_its_function(text):
    [line] = [line for line in text.splitlines() if "`contribution.monthly`" in line]
    assert "| Luật 41/2024/QH15 điều 6, 36.1; Nghị định 159/2025/NĐ-CP điều 5 |" in line


def test_what_is_not_verified_comes_first(text):
    assert text.index("## 1. Chưa xác minh") < text.index("## 2. Tham số")
    assert "Nghị định 351/2025/NĐ-CP và hướng dẫn chuyển" in text
    assert "Hiện đang làm thế nào" in text


def test_it_is_markdown_whose_tables_hold_together(text):
    width = 0
    for line in text.splitlines():
        cells = line.count("|")
        assert not line.startswith("|") or not width or cells == width, line
        width = cells if line.startswith("|") else 0


@pytest.mark.parametrize(
    ("docstring", "texts"),
    [
        ("Law 41/2024/QH15 art. 31.2, 36; Decree 159/2025/NĐ-CP art. 4, 5, 9.",
         "Luật 41/2024/QH15 điều 31.2, 36; Nghị định 159/2025/NĐ-CP điều 4, 5, 9"),
        ("A pension: Law 41/2024/QH15 art. 98-104, of 15 years.", "Luật 41/2024/QH15 điều 98-104"),
        ("Law 41/2024/QH15 art. 102.1.đ. Raises nothing.", "Luật 41/2024/QH15 điều 102.1.đ"),
        ("Labour Code 45/2019/QH14\n    art. 169.2. Circular 11/2025/TT-BNV art. 5.",
         "Bộ luật Lao động 45/2019/QH14 điều 169.2; Thông tư 11/2025/TT-BNV điều 5"),
        ("VSS Decision 595/QĐ-BHXH, until 30/6/2025.", "Quyết định 595/QĐ-BHXH"),
        ("Law 41/2024/QH15 art. 5; again Law 41/2024/QH15 art. 5, 6.", "Luật 41/2024/QH15 điều 5, 6"),
        ("No text of law.", ""),
    ],
)  # fmt: skip
def test_texts_are_read_from_docstrings(docstring, texts):
    assert cited(docstring) == texts


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("parameters.toml", "income_step =", "income_stepp =", "no parameter is called income_stepp; take"),
        ("rules.toml", '"support.best" =', '"support.worst" =', "the law is called support.worst; take it"),
        ("open.toml", '"income_step"', '"income_stepp"', "income_stepp: no parameter is called so"),
    ],
)
def test_words_for_nothing_are_refused(file, old, new, says, words, law):
    words(file, old, new)
    with pytest.raises(LawBookError) as refused:
        book(law)
    assert says in str(refused.value)


def test_what_has_no_words_yet_is_shown_as_such(words, law):
    words("parameters.toml", "income_step =", "# income_step =")
    words("rules.toml", '"support.best" =', '# "support.best" =')
    said = book(law)
    unnamed = said.index("Chưa đặt tên")
    assert said.index("`income_step` | 01/01/2016 | 50.000", unnamed) > unnamed
    assert said.index("`support.best`", said.index("Chưa có lời")) > 0


def test_the_command_writes_it_and_checks_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lawbook, "BOOK", tmp_path / "law.md")
    assert lawbook.write_book(only_check=True) == 1
    assert capsys.readouterr().out == "docs/law.md is stale: run make law-book\n"
    assert lawbook.write_book(only_check=False) == 0
    assert capsys.readouterr().out == "docs/law.md written\n"
    assert lawbook.write_book(only_check=True) == 0
    assert capsys.readouterr().out == ""
