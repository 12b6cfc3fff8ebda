"""Saved elites."""
