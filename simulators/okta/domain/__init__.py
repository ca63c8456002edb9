"""Pure rules of an Okta org: no HTTP, no clock, no third-party package."""
