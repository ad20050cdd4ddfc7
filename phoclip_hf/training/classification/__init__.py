"""Training classifiers of photos: what `scripts/train_classifier.py` runs."""
