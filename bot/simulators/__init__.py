"""Platforms to try the product against with no account: each enforces what the real one enforces.

They are shipped, so that `ansinh simulate` works wherever the product is installed, and they are what the
tests talk to.
"""
