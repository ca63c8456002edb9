"""The control plane: what only a simulator can do (move time, inject faults, reset), on a port of its own."""
