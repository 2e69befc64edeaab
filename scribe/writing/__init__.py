"""A model writes: text, styles, candidates, drawings in between."""
