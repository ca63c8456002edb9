"""Vendor-neutral parts of a simulated system: time, chance, records, faults. No HTTP, no third-party package."""
