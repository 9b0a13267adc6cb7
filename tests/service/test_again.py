"""Work beside the server goes on whatever hinders it once, and the log tells the kind of trouble, no more."""

import asyncio

import pytest

from bot import again


async def test_work_that_failed_is_done_again_and_the_log_says_no_word_of_what_was_in_it(caplog, monkeypatch):
    monkeypatch.setattr(again.log, "disabled", False)
    done = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise OSError("chị Lành 0912345678")
        if len(done) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await again.again_and_again("news could not be told", work, every=0)
    assert done == [0, 1, 2]
    assert [record.getMessage() for record in caplog.records] == ["news could not be told: OSError"]
