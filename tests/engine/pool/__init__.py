"""Tests of `galapagos.engine.pool`."""
