"""Experiments as YAML, in folders named after their kind."""
