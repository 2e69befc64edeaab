"""Handwriting as pen strokes: networks that write text the way people do.

`import scribe` is cheap: TensorFlow is imported when something needs it.
"""


def load(save_dir=None, **options):
    """Loads a writer, see scribe.writing.opening.load."""
    from scribe import writing

    return writing.load(save_dir, **options)
