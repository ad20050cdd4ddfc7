"""Data sets in one schema: readers, drawn scenes, collators."""
