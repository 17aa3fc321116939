"""Sensor history: what was measured, when, and how old it is at any instant."""
