"""What every context stands on: units, clock, refusals, database, numbers, calendar, HTTP."""
