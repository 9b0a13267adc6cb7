"""Zalo to try against: the Official Account with its OAuth, templates by phone, and the bot."""
