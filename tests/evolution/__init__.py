"""Tests of `galapagos.evolution`."""
