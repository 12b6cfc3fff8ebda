"""Tests of `galapagos.engine.episodes`."""
