"""What an administrator sees of a running estate: read from every system's memory, side by side, never changing it."""
