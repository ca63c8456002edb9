"""The lifecycle harness: drives vendors' public APIs, watches, judges and leaves evidence."""
