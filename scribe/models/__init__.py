"""Trained networks as plain arrays, and the NumPy that runs them; no TensorFlow."""
