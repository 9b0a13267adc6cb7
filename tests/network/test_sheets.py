"""The network from and to spreadsheets: every problem with its cell, all or nothing, and the same again."""

import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from bot.cli import main
from bot.errors import BadFile
from bot.sheets import cells, store, writing
from bot.sheets.cells import Bad
from bot.sheets.desk import read_plan
from bot.sheets.layout import Layout, letters
from bot.storage.network_schema import collectors, organisations, points
from calculators.territory import Territory
from tests.network.house import house_on

LAYOUT, TERRITORY, TODAY = Layout.load(), Territory.load(), date(2026, 11, 25)
ORGANISATION, POINT = ("Bưu điện", "3"), ("D1", "Điểm Kỳ Lừa", "Bưu điện", "Lạng Sơn", "Kỳ Lừa")
HUONG = ("LS0001", "Hoàng Thị Hương", "0912345678", "D1", "có", "Kỳ Lừa; Đông Kinh",
         "T2-T6 08:00-11:30, 13:30-17:00", "24/12/2026; 28/12/2026 - 02/01/2027", "6", "Kinh, Tày",
         "01/12/2026", "31/12/2027")  # fmt: skip

HOSTILE = '=HYPERLINK("http://x","Bấm")'


def workbook(
    file: Path, organisations=(ORGANISATION,), points=(POINT,), collectors=(HUONG,), formulas=(), lost=()
) -> Path:
    """Write a workbook, with `formulas` in the collectors' sheet: (row, column) → (formula, result).

    `lost` are the columns without a heading: (table, key).
    """
    tables = {"organisations": organisations, "points": points, "collectors": collectors}
    with xlsxwriter.Workbook(str(file)) as book:
        for table, rows in tables.items():
            sheet = book.add_worksheet(LAYOUT.sheet(table))
            columns = LAYOUT.columns(table)
            headings = tuple("" if (table, key) in lost else columns[key] for key in columns)
            for number, row in enumerate((headings, *rows)):
                for place, cell in enumerate(row):
                    (sheet.write_string if isinstance(cell, str) else sheet.write)(number, place, cell)
        for cell, (formula, result) in dict(formulas).items():
            sheet.write_formula(*cell, formula, None, result)
    return file


def _sheet(file: Path, number: int) -> bytes:
    with zipfile.ZipFile(file) as packed:
        return packed.read(f"xl/worksheets/sheet{number}.xml")


def _with_sheet(file: Path, number: int, content: bytes) -> Path:
    """A workbook like another, but for one sheet as some other program would write it."""
    changed = file.with_name("changed.xlsx")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            here = part == f"xl/worksheets/sheet{number}.xml"
            new.writestr(part, content if here else old.read(part))
    return changed


def without(row, **changes):
    columns = list(LAYOUT.columns("collectors"))
    return tuple(changes.get(key, cell) for key, cell in zip(columns, row, strict=True))


async def bring(house, *files):
    """Import files; return the problems, or how many rows changed."""
    async with house.engine.begin() as connection:
        stored = await store.load(connection, house.cipher)
        plan, problems = read_plan(files, stored, TERRITORY, "20", TODAY)
        if problems:
            return problems
        changes = await store.apply(connection, house.cipher, stored, plan)
    return [(one.added, one.changed, one.same) for one in changes.values()]


async def plan_of(house):
    async with house.engine.connect() as connection:
        return (await store.load(connection, house.cipher)).plan


async def test_what_is_imported_works_and_imported_again_changes_nothing(database_url, tmp_path):
    async with house_on(database_url) as house:
        file = workbook(tmp_path / "net.xlsx")
        assert await bring(house, file) == [(1, 0, 0)] * 3
        assert await bring(house, file) == [(0, 0, 1)] * 3
        found = (await plan_of(house)).staff["LS0001"]
        assert found.phone == "+84912345678"
        assert found.wards == ("05977", "06187")
        assert found.days_off[1] == (date(2026, 12, 28), date(2027, 1, 2))
        assert {start[:7] for start in await house.free()} == {"2026-12"}, "not before his first day"
        house.now = house.now.replace(month=12, day=1)
        assert (await house.free())[0] == "2026-12-01T14:00+07:00"
        assert await house.desk("LS0001") == ["look-0", "more-0"], "he has his page"


async def test_a_row_that_changed_changes_and_the_others_stay(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        other = without(HUONG, code="LS0002", phone="0987654321")
        await bring(house, workbook(tmp_path / "a.xlsx", collectors=(HUONG, other)))
        changed = without(other, hours="T7 08:00-11:00", days_off="")
        assert (await bring(house, workbook(tmp_path / "b.xlsx", collectors=(HUONG, changed))))[2] == (
            0,
            1,
            1,
        )
        staff = (await plan_of(house)).staff
        assert staff["LS0002"].hours == ((5, 480, 660),)
        assert len(staff["LS0002"].days_off) == 2, "an empty cell leaves the days off he has"
        await bring(
            house, workbook(tmp_path / "c.xlsx", collectors=(HUONG, without(other, days_off="không")))
        )
        assert not (await plan_of(house)).staff["LS0002"].days_off, "a word takes them back"


@pytest.mark.parametrize("word", ["không", "Không nghỉ", "KHONG"])
async def test_a_word_takes_the_days_off_back_that_an_empty_cell_leaves(word, databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        await bring(house, workbook(tmp_path / "a.xlsx"))
        cleared = workbook(tmp_path / "b.xlsx", collectors=(without(HUONG, days_off=word),))
        assert (await bring(house, cleared))[2] == (0, 1, 0)
        assert (await plan_of(house)).staff["LS0001"].days_off == ()
        assert (await bring(house, cleared))[2] == (0, 0, 1), "there is nothing left to take back"


async def test_three_bad_rows_of_527_change_nothing_and_are_named(database_url, tmp_path):
    async with house_on(database_url) as house:
        rows = [without(HUONG, code=f"LS{n:04d}") for n in range(1, 528)]
        rows[15] = without(rows[15], phone="12345")
        rows[99] = without(rows[99], point="D404")
        rows[500] = without(rows[500], hours="cả ngày")
        problems = await bring(house, workbook(tmp_path / "net.xlsx", collectors=rows))
        assert [problem.partition(":")[0] for problem in problems] == [
            "Nhân viên!C17", "Nhân viên!D101", "Nhân viên!G502",
        ]  # fmt: skip
        assert "“12345” không phải số điện thoại" in problems[0]
        assert (await plan_of(house)).organisations == {}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("code", "mã dài quá mức", "không phải mã"),
        ("code", "", "còn trống"),
        ("name", "x" * 121, "dài quá 120"),
        ("name", HOSTILE, "như một công thức"),
        ("name", f"'{HOSTILE}", "như một công thức"),
        ("name", "+84", "như một công thức"),
        ("name", "-1+cmd|' /C calc'!A0", "như một công thức"),
        ("name", " @SUM(A1)", "như một công thức"),
        ("name", "＝1+1", "như một công thức"),
        ("name", "Chị Hương;=1+1", "như một công thức"),
        ("phone", "", "còn trống"),
        ("phone", "+8613800138000", "không phải số điện thoại"),
        ("heads_point", "chắc vậy", "có hoặc không"),
        ("wards", "Kỳ Lừa; Xã Không Có", "không có xã/phường “Xã Không Có”"),
        ("hours", "T2-T9 08:00-11:00", "không phải giờ làm việc"),
        ("hours", "T6-T2 08:00-11:00", "không phải giờ làm việc"),
        ("hours", "T2 11:00-08:00", "không phải giờ làm việc"),
        ("hours", "T2 08:00-11:00, 10:00-12:00", "chồng lên nhau"),
        ("days_off", "32/12/2026", "không phải ngày"),
        ("days_off", ";", "không phải ngày"),
        ("days_off", "05/12/2026 - 01/12/2026", "ngày cuối đứng trước"),
        ("per_day", "0", "từ 1 đến 24"),
        ("per_day", "999999999999", "từ 1 đến 24"),
        ("languages", "Kinh, Elvish", "không biết ngôn ngữ “Elvish”"),
        ("active_from", "hôm qua", "không phải ngày"),
        ("active_until", "01/01/2026", "ngày cuối đứng trước"),
    ],
)
async def test_what_is_wrong_with_a_cell_is_said_with_its_place(key, value, says, databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        [problem] = await bring(
            house, workbook(tmp_path / "net.xlsx", collectors=(without(HUONG, **{key: value}),))
        )
        column = letters(list(LAYOUT.columns("collectors")).index(key))
        assert problem.startswith(f"Nhân viên!{column}2: ")
        assert says in problem


@pytest.mark.parametrize(
    ("formula", "result", "says"),
    [
        ("=VLOOKUP(A2,B1:B9,3)", "#REF!", "ô đang báo lỗi #REF!"),
        ("=1/0", "#DIV/0!", "ô đang báo lỗi #DIV/0!"),
        ("=MATCH(1,A1:A2)", "#N/A", "ô đang báo lỗi #N/A"),
        ("=TODAY()", "", "công thức chưa được tính"),
    ],
)
@pytest.mark.parametrize("key", ["name", "days_off", "active_until", "wards"])
async def test_an_error_or_a_formula_without_a_result_is_no_empty_cell(
    key, formula, result, says, databases, tmp_path
):
    async with house_on(databases.make("sqlite")) as house:
        at = list(LAYOUT.columns("collectors")).index(key)
        file = workbook(tmp_path / "net.xlsx", formulas={(1, at): (formula, result)})
        [problem] = await bring(house, file)
        assert problem.startswith(f"Nhân viên!{letters(at)}2: ")
        assert says in problem


async def test_a_formula_with_its_result_is_read_and_one_that_gives_nothing_is_empty(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        formulas = {(1, 1): ('=PROPER("chị hương")', "Chị Hương"), (1, 8): ("=3+3", 6)}
        file = workbook(tmp_path / "net.xlsx", formulas=formulas)
        assert await bring(house, file) == [(1, 0, 0)] * 3
        found = (await plan_of(house)).staff["LS0001"]
        assert (found.name, found.per_day) == ("Chị Hương", 6)
        blank = re.sub(rb'<c r="L2"[^>]*>.*?</c>', b'<c r="L2" t="str"><f>""</f><v></v></c>', _sheet(file, 3))
        assert await bring(house, _with_sheet(file, 3, blank)) == [(0, 0, 1), (0, 0, 1), (0, 1, 0)]
        assert (await plan_of(house)).staff["LS0001"].active_until is None


async def test_a_row_of_nothing_but_a_formula_without_a_result_is_not_overlooked(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        file = workbook(tmp_path / "net.xlsx")
        bare = _sheet(file, 3).replace(b"</sheetData>", b"<row><c><f>A2</f></c></row></sheetData>")
        problems = await bring(house, _with_sheet(file, 3, bare))
        assert "Nhân viên!A3: ô là công thức chưa được tính" in problems[0]


async def test_an_error_that_a_csv_file_took_along_is_one_too(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        (tmp_path / "Tổ chức.csv").write_text("Tên tổ chức,Phần được chia\n#N/A,1\n", encoding="utf-8")
        [problem] = await bring(house, tmp_path / "Tổ chức.csv")
        assert problem.startswith("Tổ chức!A2: ô đang báo lỗi #N/A")


async def test_codes_twice_strange_columns_and_missing_ones_are_named(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        problems = await bring(house, workbook(tmp_path / "net.xlsx", collectors=(HUONG, HUONG)))
        assert problems == ["Nhân viên!A3: “LS0001” đã có ở dòng 2; mỗi dòng một mã"]
        (tmp_path / "x.csv").write_text("Mã điểm thu,Tên điểm thu,Lạ\nD1,Điểm,1\n", encoding="utf-8")
        said = " ".join(await bring(house, tmp_path / "x.csv"))
        assert "x!C1: không biết cột “Lạ”" in said
        assert "x!D1: thiếu cột “Tổ chức”; thêm vào đây" in said
        assert "x!E1: thiếu cột “Xã/phường”" in said


async def test_a_missing_column_is_one_problem_however_many_rows_there_are(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        rows = [without(HUONG, code=f"LS{n:04d}") for n in range(1, 40)]
        file = workbook(
            tmp_path / "net.xlsx", collectors=rows, lost=[("points", "ward"), ("collectors", "phone")]
        )
        assert await bring(house, file) == [
            "Điểm thu!F1: thiếu cột “Xã/phường”; thêm vào đây",
            "Nhân viên!M1: thiếu cột “Số điện thoại”; thêm vào đây",
        ]


async def test_one_bad_row_of_a_point_is_no_problem_of_its_collectors_too(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        file = workbook(tmp_path / "net.xlsx", points=[(*POINT[:4], "Xã Không Có")])
        [problem] = await bring(house, file)
        assert problem.startswith("Điểm thu!E2: ")


@pytest.mark.parametrize("comma", [",", ";", "\t"])
async def test_a_csv_file_is_read_whatever_parts_its_cells(comma, databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        await bring(house, workbook(tmp_path / "net.xlsx"))
        lines = (
            ["Mã điểm thu", "Tên điểm thu", "Tổ chức", "Xã/phường"],
            ["D2", "Điểm 2, tổ 1", "Bưu điện", "Kỳ Lừa"],
        )
        text = "".join(
            comma.join(f'"{cell}"' if "," in cell else cell for cell in line) + "\r\n" for line in lines
        )
        (tmp_path / "x.csv").write_text(text, encoding="utf-8", newline="")
        assert await bring(house, tmp_path / "x.csv") == [(0, 0, 0), (1, 0, 0), (0, 0, 0)]
        assert (await plan_of(house)).points["D2"].name == "Điểm 2, tổ 1"


@pytest.mark.parametrize("name", ["net.xlsx", "net.csv"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"PK\x03\x04nothing"])
async def test_a_file_that_is_none_is_refused_with_a_remedy(name, content, databases, tmp_path):
    (tmp_path / name).write_bytes(content)
    async with house_on(databases.make("sqlite")) as house:
        try:
            said = await bring(house, tmp_path / name)
        except BadFile as refused:
            said = [str(refused)]
        assert name in said[0]


async def test_a_phone_typed_as_a_number_gets_its_zero_back(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        await bring(house, workbook(tmp_path / "net.xlsx", collectors=(without(HUONG, phone=912345678),)))
        assert (await plan_of(house)).staff["LS0001"].phone == "+84912345678"


async def test_names_of_organisations_and_points_are_no_formulas_either(databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        file = workbook(
            tmp_path / "net.xlsx", [("@Bưu điện", "1")], [("D1", "-Điểm", "@Bưu điện", "", "Kỳ Lừa")], []
        )
        assert [said.partition(": ")[0] for said in await bring(house, file)] == [
            "Tổ chức!A2", "Điểm thu!B2", "Điểm thu!C2",
        ]  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_what_is_exported_comes_back_the_same(kind, databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        rows = (HUONG, without(HUONG, code="LS0002", name="'Chị Hương - tổ 2 (A=B)"))
        await bring(house, workbook(tmp_path / "net.xlsx", collectors=rows))
        plan = await plan_of(house)
        file = tmp_path / f"out.{kind}"
        files = [file]
        if kind == "xlsx":
            writing.write_workbook(file, plan, LAYOUT, TERRITORY)
            staff = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(2).to_python()
            assert [row[2] for row in staff[1:]] == ["0912345678"] * 2
        else:
            files = writing.write_csv(file, plan, LAYOUT, TERRITORY)
            text = files[2].read_bytes()
            assert text.startswith(b"\xef\xbb\xbf")
            assert b"'0912345678" in text
        assert await bring(house, *files) == [(0, 0, 1), (0, 0, 1), (0, 0, 2)]


RUN = re.compile(r"""(?:^|[;,\t\r\n"])\s*[=+\-@＝＋－＠]""")  # wherever a comma of any kind begins a cell


@pytest.mark.parametrize(
    "name", [HOSTILE, "+84", "-1", "@SUM(A1)", "\t=1+1", "＝1+1", "Hương;=1+1", "Hương, @A1"]
)
async def test_no_cell_that_is_exported_is_run_whatever_was_stored_before(name, databases, tmp_path):
    async with house_on(databases.make("sqlite")) as house:
        await bring(house, workbook(tmp_path / "net.xlsx"))
        async with house.engine.begin() as connection:
            await connection.execute(update(collectors).values(name=name))
            await connection.execute(update(organisations).values(name=name))
            await connection.execute(update(points).values(name=name))
        plan = await plan_of(house)
        for file in writing.write_csv(tmp_path / "out.csv", plan, LAYOUT, TERRITORY):
            assert not RUN.search(file.read_text("utf-8-sig"))
        writing.write_workbook(tmp_path / "out.xlsx", plan, LAYOUT, TERRITORY)
        with zipfile.ZipFile(tmp_path / "out.xlsx") as packed:
            sheets = [packed.read(part) for part in packed.namelist() if "worksheets/" in part]
        assert len(sheets) == 3
        assert not any(b"<f>" in sheet for sheet in sheets)


def test_every_ward_of_the_country_is_found_by_its_name_and_code():
    missed = Counter()
    for province in TERRITORY.provinces:
        for ward in TERRITORY.wards(province):
            assert cells.ward(ward.code, province, TERRITORY) == ward.code
            try:
                assert cells.ward(ward.name, province, TERRITORY) == ward.code
            except Bad:
                missed[province] += 1
    assert len(TERRITORY.provinces) == 34
    assert missed == {}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ky lua", "Phường Kỳ Lừa"),
        ("P. Kỳ Lừa", "Phường Kỳ Lừa"),
        ("Tân Thành", "Xã Tân Thành"),
        ("Vĩnh Trại", "Phường Đông Kinh"),
        ("vinh trai", "Phường Đông Kinh"),
        ("thị trấn Đồng Đăng", "Xã Đồng Đăng"),
        ("xã Mẫu Sơn, huyện Cao Lộc", "Xã Ba Sơn"),
    ],
)
def test_a_ward_goes_by_the_name_people_give_it(typed, name):
    assert TERRITORY.ward_name(cells.ward(typed, "20", TERRITORY)) == name


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            "mau son",
            "Xã Mẫu Sơn (Huyện Lộc Bình trước đây, mã 06541); Xã Ba Sơn (Xã Mẫu Sơn, Huyện Cao Lộc trước",
        ),
        ("Kì Lừaa", "có thể là: Phường Kỳ Lừa (mã 06187); viết tên ấy hoặc mã"),
        ("Xã Không Có", "không có xã/phường “Xã Không Có” trong Tỉnh Lạng Sơn"),
    ],
)
def test_a_ward_that_may_be_several_is_answered_with_which(typed, says):
    with pytest.raises(Bad) as refused:
        cells.ward(typed, "20", TERRITORY)
    assert says in LAYOUT.problem(refused.value.code, **refused.value.facts)


def test_a_province_goes_by_its_code_or_name():
    for typed in ("20", "Lạng Sơn", "tỉnh lạng sơn", "lang son", ""):
        assert cells.province(typed, "20", TERRITORY) == "20"
    assert cells.province("1", "20", TERRITORY) == "01"
    assert cells.province("TP. Hồ Chí Minh", "20", TERRITORY) == "79"


def test_the_commands_import_and_export(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANSINH_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    file = str(workbook(tmp_path / "net.xlsx"))
    assert main(["import", file, "--dry-run"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert main(["import", file]) == 0
    assert "Nhân viên: 1 added, 0 changed, 0 the same" in capsys.readouterr().out
    assert main(["export", "out.xlsx"]) == 0
    workbook(tmp_path / "bad.xlsx", collectors=(without(HUONG, phone="1"),))
    assert main(["import", "bad.xlsx"]) == 1
    assert "Nhân viên!C2" in capsys.readouterr().err
    assert main(["leads", "why", "7"]) == 1
    assert main(["leads", "give", "7"]) == 2
