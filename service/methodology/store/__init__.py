"""Methods as files: read strictly, built into domain objects, guarded by their digests."""
