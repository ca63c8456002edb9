"""A simulated Okta org: state machines, a clock and a thin HTTP skin that speaks the vendor's API."""
