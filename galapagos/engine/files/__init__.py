"""Files that a crash, a pipe or a hostile hand in their place cannot make into something else."""
