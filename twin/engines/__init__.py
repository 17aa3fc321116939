"""Readings on an engine that the user already has (PostgreSQL, DuckDB, …), asked through Ibis."""
