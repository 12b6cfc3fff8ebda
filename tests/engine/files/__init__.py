"""Tests of `galapagos.engine.files`."""
