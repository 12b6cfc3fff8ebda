"""The socket of a run: its place, what crosses it, and both of its ends."""
