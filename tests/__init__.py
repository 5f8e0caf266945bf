"""Tests mirror the service; see tests/README.md for the catalogue of invariants."""
