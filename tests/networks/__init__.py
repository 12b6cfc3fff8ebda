"""Tests of what genomes grow into: activations, forward passes, kernels."""
