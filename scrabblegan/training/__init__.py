"""The trainers of word images."""
