"""Tests of `galapagos.engine.socket`."""
