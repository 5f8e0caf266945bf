"""SQL of rewards: functions that take a session and never commit."""
