"""Worked examples of the law: read from a file, computed again, judged; topics.py names every kind."""
