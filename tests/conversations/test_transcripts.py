"""Every transcript holds on the engine, with nothing between."""

import pytest

from tests.conversations.engine_chat import EngineChat
from tests.conversations.transcript import Transcript, all_transcripts, play


@pytest.mark.parametrize("transcript", all_transcripts(), ids=lambda transcript: transcript.name)
async def test_the_conversation_goes_as_written(transcript: Transcript) -> None:
    await play(transcript, EngineChat())
