"""Flowslot: integration flows with two deployment slots, for every customer's workspace at once."""

__version__ = "0.1.0"
