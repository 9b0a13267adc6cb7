"""The whole map, typed sloppily: a ward is read rightly or asked about, hardly ever taken for another."""

import random
from collections import Counter

import pytest

from calculators.territory import Territory
from handlers.reading import Unclear
from handlers.reading.fold import fold
from handlers.reading.places import spot_ward, ward, ward_anywhere, ward_from
from tests.reading.tables import TODAY

MAP = Territory.load()
SHORT = {"Phường": "p", "Xã": "x", "Thị trấn": "tt", "Đặc khu": "dac khu", "Huyện": "h", "Quận": "q",
         "Thị xã": "tx", "Thành phố": "tp"}  # fmt: skip
LETTERS = "abcdeghiklmnopqrstuvxy"


def split(name: str) -> tuple[str, str]:
    """Return an official name's kind and the rest."""
    kind = next(kind for kind in SHORT if name.lower().startswith(f"{kind.lower()} "))
    return kind, name[len(kind) + 1 :]


def sloppy(chance: random.Random, name: str, district: str = "") -> str:
    """Return a name as somebody may type it."""
    kind, bare = split(name)
    called = chance.choice(("", f"{SHORT[kind]} ", f"{SHORT[kind]}.", f"{fold(kind)} ", f"{kind} "))
    text = called + chance.choice((bare, fold(bare), bare.upper(), fold(bare).title()))
    if district:
        larger, within = split(district)
        named = (
            f"{SHORT[larger]} {fold(within)}" if larger != "Huyện" else chance.choice((fold(within), within))
        )
        text += chance.choice((" ", ", ", " - ")) + named
    return chance.choice(("", "em o ", "nhà ở ")) + text


def slip(chance: random.Random, text: str) -> str:
    """Return the text with one slip of the finger."""
    at, letter = chance.randrange(len(text)), chance.choice(LETTERS)
    swapped = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + letter + text[at:], swapped))


def score(reader, cases) -> tuple[Counter, list]:
    """Count texts read rightly, offered among others, asked again, and taken for another ward."""
    counted, wrong = Counter(), []
    for text, codes in cases:
        try:
            found = reader(text, TODAY)
            counted["right" if found in codes else "wrong"] += 1
            if found not in codes:
                wrong.append((text, codes, found))
        except Unclear as unclear:
            offered = {candidate.raw for candidate in unclear.candidates}
            counted["offered" if offered & set(codes) else "asked"] += 1
    return counted, wrong


def test_every_name_of_lang_son_is_read_or_offered():
    chance = random.Random(20)
    cases = [(sloppy(chance, ward.name), (ward.code,)) for ward in MAP.wards("20")]
    cases += [
        (sloppy(chance, old.name, old.district), old.became) for old in MAP.former("20") for _ in range(3)
    ]
    counted, wrong = score(ward("20"), cases)
    assert not wrong
    assert not counted["asked"]
    assert counted["right"] / counted.total() > 0.9


def test_a_slip_of_the_finger_is_hardly_ever_another_ward():
    chance = random.Random(20)
    cases = [
        (slip(chance, fold(sloppy(chance, old.name, old.district))), old.became)
        for old in MAP.former("20") * 5
    ]
    counted, wrong = score(ward("20"), cases)
    assert len(wrong) / counted.total() < 0.005, wrong
    assert (counted["right"] + counted["offered"]) / counted.total() > 0.97


@pytest.mark.parametrize("province", MAP.provinces)
def test_former_names_with_their_district_are_read_in_every_province(province):
    chance = random.Random(int(province))
    sample = chance.sample(list(MAP.former(province)), 60)
    cases = [(sloppy(chance, old.name, old.district), old.became) for old in sample]
    counted, wrong = score(ward(province), cases)
    assert not wrong
    assert (counted["right"] + counted["offered"]) / counted.total() > 0.95


def test_an_address_anywhere_in_the_country_is_read_with_its_province():
    chance = random.Random(63)
    former = [old for province in MAP.provinces for old in MAP.former(province)]
    cases = [
        (f"{sloppy(chance, old.name, old.district)}, {fold(old.province)}", old.became)
        for old in chance.sample(former, 400)
    ]
    counted, wrong = score(ward_anywhere, cases)
    assert len(wrong) / counted.total() < 0.005, wrong
    assert counted["right"] / counted.total() > 0.9


def test_a_name_without_its_province_is_asked_about_or_only_one_has_it():
    chance = random.Random(34)
    former = [old for province in MAP.provinces for old in MAP.former(province)]
    cases = [
        (sloppy(chance, old.name, chance.choice(("", old.district))), old.became)
        for old in chance.sample(former, 600)
    ]
    counted, wrong = score(ward_from("20"), cases)
    assert len(wrong) / counted.total() < 0.005, wrong
    assert (counted["right"] + counted["offered"]) / counted.total() > 0.9


def test_a_name_known_at_home_too_is_confirmed_before_it_counts():
    with pytest.raises(Unclear) as asked:
        ward_from("20")("quảng lạc", TODAY)
    assert asked.value.code == "confirm_ward"
    assert [candidate.raw for candidate in asked.value.candidates] == ["05983"]
    assert ward_from("20")("quảng lạc, lạng sơn", TODAY) == "05983"
    assert ward_from("20")("quảng lạc nho quan", TODAY) == "14371"


def test_a_name_of_several_provinces_is_asked_with_their_provinces():
    with pytest.raises(Unclear) as asked:
        ward_anywhere("xã tân thành", TODAY)
    assert len({candidate.facts["province"] for candidate in asked.value.candidates}) > 3


def test_a_candidate_says_what_tells_it_apart():
    with pytest.raises(Unclear) as asked:
        ward("20")("mau son", TODAY)
    told = {candidate.raw: dict(candidate.facts) for candidate in asked.value.candidates}
    assert told["06196"] == {
        "name": "Xã Ba Sơn",
        "kind": "Xã",
        "old": "Xã Mẫu Sơn",
        "old_district": "Huyện Cao Lộc",
        "province": "Tỉnh Lạng Sơn",
    }
    assert told["06541"]["old"] is None


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("tui 43t ban hang cho ky lua muon dong bhxh", "06187"),
        ("tôi 43 tuổi, hộ cận nghèo ở Vân Nham, đóng được 300k", "06415"),
        ("me e 49t o mau son", "mau son"),
        ("tôi ở xã tân thành, huyện hữu lũng", "06445"),
        ("em ở nhà nội trợ", None),
        ("nhà em nghèo lắm", None),
        ("thống nhất vậy nhé", None),
    ],
)
def test_a_ward_is_spotted_where_words_say_that_it_is_one(text, raw):
    assert spot_ward("20")(text, TODAY) == raw
