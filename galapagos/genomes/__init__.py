"""What evolves: genomes are immutable values, and their operators are pure functions."""
