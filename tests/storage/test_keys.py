"""Keys are changed while people talk: what older keys sealed opens, and is sealed anew."""

import pytest

from bot.storage import leads, quotes, sealed
from bot.storage.crypt import Cipher, SealError
from bot.storage.network_schema import leads as leads_table
from tests.conftest import SECRET
from tests.network.house import NAME, PHONE, at, citizen, house_on
from tests.network.town import BOOKING, town_on

NEXT = "the secret after this one"


def test_what_an_older_secret_sealed_opens_and_what_is_sealed_now_needs_the_newest() -> None:
    before, after = Cipher(SECRET), Cipher(NEXT, SECRET)
    assert after.open(before.seal("chị Lành", "leads.name:1"), "leads.name:1") == "chị Lành"
    assert after.signed("inbox", before.sign("inbox"))
    assert before.index(PHONE) in after.indexes(PHONE)
    with pytest.raises(SealError, match="not known here"):
        before.open(after.seal("chị Lành", "leads.name:1"), "leads.name:1")
    with pytest.raises(SealError, match="not known here"):
        Cipher(NEXT).open(before.seal("chị Lành", "leads.name:1"), "leads.name:1")


def test_damaged_values_are_refused_and_never_an_accident() -> None:
    cipher = Cipher(SECRET)
    whole = cipher.seal("chị Lành", "leads.name:1")
    for broken in (b"", whole[:1], whole[:9], whole[:-1], whole[:20] + b"\0" + whole[21:]):
        with pytest.raises(SealError):
            cipher.open(broken, "leads.name:1")


async def test_everything_is_sealed_anew_and_the_conversation_goes_on(database_url) -> None:
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        code = await town.house.save_quote()
        engine, fresh = town.house.engine, Cipher(NEXT, SECRET)
        async with engine.connect() as connection:
            before = await sealed.counts(connection, fresh.newest)
        assert before["leads.phone"] == (0, 1)
        done = await sealed.rotate(engine, fresh)
        assert done == sum(older for _, older in before.values())
        async with engine.connect() as connection:
            after = await sealed.counts(connection, fresh.newest)
            assert {older for _, older in after.values()} == {0}
            person = await leads.person(connection, Cipher(NEXT), 1)
            hers = await quotes.of_chats(connection, Cipher(NEXT), [citizen()])
        assert (person.name, person.phone) == (NAME, PHONE)
        assert [quote.code for quote in hers] == [code]
        assert await town.house.rows(leads_table.c.phone_index) == [(Cipher(NEXT).index(PHONE),)]
        assert await sealed.rotate(engine, fresh) == 0


async def test_more_than_a_batch_is_sealed_anew_in_several(database_url, monkeypatch) -> None:
    monkeypatch.setattr(sealed, "ROWS_AT_ONCE", 2)
    async with house_on(database_url, "LS0001") as house:
        for number, hour in enumerate((9, 10, 11, 13, 14), start=1):
            await house.book(number, at(25, hour))
        assert (
            await sealed.rotate(house.engine, Cipher(NEXT, SECRET)) == 1 + 4 * 5
        )  # a collector, and name, phone, note and assignment of five leads


async def test_a_value_no_known_key_opens_stops_the_rotation_with_its_reason(database_url) -> None:
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        with pytest.raises(SealError, match="not known here"):
            await sealed.rotate(house.engine, Cipher(NEXT))
