"""What a SailPoint tenant knows and decides, free of HTTP: records, transforms, access, plans, requests, search."""
