"""How people type, read back: labelled tables, and what holds for any text."""
