"""The HR system: rows per worker, and the feed for whoever governs access."""
