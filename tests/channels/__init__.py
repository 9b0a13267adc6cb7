"""Channels over real wires on this machine."""
