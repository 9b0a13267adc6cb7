"""Conversations: what to ask next and what to say, on any channel."""
