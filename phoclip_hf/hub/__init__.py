"""Model cards and, later, publishing."""
