"""Conversations, as they read on a phone."""
