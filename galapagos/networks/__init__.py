"""What a genome grows into: activation functions, the readable forward pass, compiled networks."""
