"""What the org looks like on the wire: JSON shapes, queries, paging, errors, signed tokens."""
