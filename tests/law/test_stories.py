"""The people this is for, with the figures they were promised on 23 November 2026: cases/stories.toml."""

import pytest

from calculators.territory import Territory
from tests.law.tables import come_out, plain_id, rows

STORIES = rows("stories.toml")


@pytest.mark.parametrize("row", STORIES, ids=lambda row: plain_id(row["story"][:60]))
def test_what_was_promised_comes_out(row, law):
    come_out(row, law)


def test_mau_son_is_two_former_communes():
    # Bà Phấy: asked back by the former district, because they became parts of different communes
    territory = Territory.load()
    found = {
        former.district: [territory.ward_name(code) for code in former.became]
        for former in territory.former("20")
        if former.name == "Xã Mẫu Sơn"
    }
    assert found == {"Huyện Cao Lộc": ["Xã Ba Sơn"], "Huyện Lộc Bình": ["Xã Mẫu Sơn"]}
