"""Alarms, events and incidents: when a limit was passed, what was done about it, and what proves it."""
