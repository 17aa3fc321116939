"""Ratios taken in one run, printed as JSON: ours against a floor or against the obvious way."""
