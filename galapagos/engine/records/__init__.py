"""The run directory and everything a run writes into it, from its checkpoints to its curves."""
