"""Model cards, publishing, and deploying Spaces."""
