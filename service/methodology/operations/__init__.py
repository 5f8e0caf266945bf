"""What can be asked of the catalogue. Methods are files, so nothing here opens a transaction."""
