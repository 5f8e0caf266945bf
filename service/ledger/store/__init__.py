"""SQL of the books: functions that take a session and never commit."""
