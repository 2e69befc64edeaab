"""Saved models of images: what they write and what they read."""
