"""Tests of `galapagos.genomes`."""
