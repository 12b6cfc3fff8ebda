"""The dashboard: a client of the engine that draws snapshots and sends commands."""
