"""Simulated tenants: Okta, SailPoint, SCIM applications and HR, on one virtual clock."""
