"""Tests of our own environments."""
