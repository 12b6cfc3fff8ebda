"""The engine: the loop, its workers, its socket and the run directory."""
