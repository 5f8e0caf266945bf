"""HTTP: parse strictly, answer in the caller's language, name every refusal."""
