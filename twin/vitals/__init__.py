"""Vital signs: what a zone's sensors say together, judged by dated thresholds (signs.json, limits.json)."""
