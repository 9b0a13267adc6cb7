"""How this program was called, for what is printed to be typed: after `make run` nothing is on PATH."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

USUAL = ".venv/bin/ansinh"  # where `make run` puts it, seen from the folder it is called in


def program() -> str:
    """Return what to type before a verb: the path the program was called by, or its name if that does."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m {called.parent.name}"
    if called.name != "ansinh":
        return USUAL
    found = shutil.which("ansinh")
    return "ansinh" if found and called.resolve() == Path(found).resolve() else shlex.quote(sys.argv[0])
