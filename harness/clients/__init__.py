"""Clients of the vendors' public APIs."""
