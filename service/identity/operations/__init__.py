"""What identity can do: one file, one function, one transaction."""
