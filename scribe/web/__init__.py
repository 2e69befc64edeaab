"""The web page and its API: what `python -m scribe.serve` runs."""
