"""Reading what people type: each reader turns raw words into a typed value or says why it cannot."""

from handlers.reading.unclear import Candidate, Unclear

__all__ = ["Candidate", "Unclear"]
