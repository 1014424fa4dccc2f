"""Frozen display values for templates; no queries, no decisions."""
