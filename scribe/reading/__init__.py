"""From strokes back to text, and how wrong it was."""
