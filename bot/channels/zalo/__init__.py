"""Zalo: the Official Account for citizens, templates for what must arrive, the bot for staff."""
