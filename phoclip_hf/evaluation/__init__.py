"""Metrics: matrices or strings in, numbers out."""
