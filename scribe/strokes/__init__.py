"""Pen strokes as arrays: convert, clean, measure, and read them from other programs."""
