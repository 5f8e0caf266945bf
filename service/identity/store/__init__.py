"""SQL of identity. Every function takes the caller's session and never commits."""
