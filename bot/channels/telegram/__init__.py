"""Telegram through python-telegram-bot: its types, client and errors, on our server and transport."""
