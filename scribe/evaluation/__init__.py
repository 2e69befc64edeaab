"""How well a model foresees, writes and keeps a hand, and how fast."""
