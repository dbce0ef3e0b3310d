"""What every layer stands on: ids, clock, errors, JSON, settings, log. Knows nothing of flows."""
