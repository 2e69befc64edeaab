"""Training on Google's Vertex AI: what `python -m scribe.cloud` is made of.

Google's libraries are imported by `scribe.training.vertex.packages` alone, when they
are needed.
"""
