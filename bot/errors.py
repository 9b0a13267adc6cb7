"""What can be wrong with what an operator hands us."""

from __future__ import annotations


class BadFile(Exception):
    """A file cannot be taken; the message names the file, the place in it and the remedy."""


class CannotGive(Exception):
    """An officer cannot do that with a lead; the message says why."""


class CannotListen(Exception):
    """We cannot listen where we were to; the message names the port and the remedy."""
