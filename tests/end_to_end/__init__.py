"""Tests of the whole program: real processes, sockets, signals and terminals."""
