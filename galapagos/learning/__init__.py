"""How weights change in a lifetime: the learning rules, compiled, and in torch."""
