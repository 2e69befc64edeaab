"""Handwriting as pen strokes: networks that write text the way people do.

`import scribe` is cheap: TensorFlow is imported when something needs it.
"""


def load(save_dir=None, **options):
    """Loads a writer, see scribe.writing.writer.load."""
    from scribe.writing.writer import load as load_writer

    return load_writer(save_dir, **options)
