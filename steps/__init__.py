"""Gherkin in the company's words. A step translates one line; what it takes lies in the harness."""
