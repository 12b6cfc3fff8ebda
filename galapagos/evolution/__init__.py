"""How populations become better: individuals, ranking, reproduction, the archive."""
