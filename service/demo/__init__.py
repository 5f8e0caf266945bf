"""A deterministic day in Kunming, run through the service's own doors: HTTP, and the commands a person has."""
