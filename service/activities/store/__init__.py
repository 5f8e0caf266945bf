"""SQL of activities; every function takes a session and leaves the commit to the operation."""
