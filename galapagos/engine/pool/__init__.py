"""The supervised pool: worker processes, and calls that get their outcomes whatever happens to them."""
