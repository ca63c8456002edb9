"""SCIM 2.0 applications: independent witnesses of who provisioned what."""
