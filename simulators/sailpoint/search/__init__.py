"""Search over a tenant: which documents match, in order, and what is shown of them."""
