"""What crosses the wire: grammars read into domain values, records written as the vendor's JSON."""
