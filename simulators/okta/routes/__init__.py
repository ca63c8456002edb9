"""Paths of the vendor's API, one file per first path segment: read, ask the tenant, render."""
