"""Every transcript holds on the engine, with nothing between."""

import pytest

from tests.conversations.engine_chat import EngineChat
from tests.conversations.transcript import Transcript, all_transcripts, play


@pytest.mark.parametrize("transcript", all_transcripts(), ids=lambda transcript: transcript.name)
async def test_the_conversation_goes_as_written(transcript: Transcript) -> None:
    await play(transcript, EngineChat())


FREE_WORDS = [each for each in all_transcripts() if each.name.startswith("free_words_")]
MOST_MESSAGES = 14


@pytest.mark.parametrize("transcript", FREE_WORDS, ids=lambda transcript: transcript.name)
def test_free_words_alone_lead_from_the_greeting_to_a_booking(transcript: Transcript) -> None:
    assert len(FREE_WORDS) >= 6
    assert ("<!", "booked") in transcript.exchanges[-1].expected
    assert len(transcript.exchanges) <= MOST_MESSAGES + transcript.name.endswith("lanh")
    assert not any(each.tapped or each.said.isdecimal() for each in transcript.exchanges)
