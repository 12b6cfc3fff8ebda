"""Tests that do what the pages of the documentation say."""
