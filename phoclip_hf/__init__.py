"""PhoCLIP: Vietnamese image-text models for Hugging Face."""
