"""How well words are written and read, and how fast."""
