"""Images of words, from a corpus to batches."""
