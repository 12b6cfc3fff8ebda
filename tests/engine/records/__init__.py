"""Tests of `galapagos.engine.records`."""
