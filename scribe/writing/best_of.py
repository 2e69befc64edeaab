"""Writes each line in several ways and keeps the one that a reader reads best.

The reader that chooses here is not the one that measures (scribe.reading.reader), since
selection by a judge would only prove that one can select by that judge. NumPy only.
"""

from scribe.models.shipped import shipped_model
from scribe.writing import attempts


def write_best(writer, /, texts, num_candidates: int, num_samples: int = 1, **options):
    """As `Writer.write`, but each line is the best of several.

    Args:
      writer: a Writer.
      texts: one text or several.
      num_candidates: lines to choose among, written in one batch. They are the samples
        that `Writer.write` would write with `num_samples` times as many.
      num_samples: lines per text.
      **options: of `Writer.write`.

    Returns:
      list of WrittenLine, each the best as `attempts.ranks` says.

    Raises:
      InputError: see `Writer.write`; or the reader that chooses is not installed.
    """
    from scribe.reading import reader  # a cold start of plain writing does without

    chooser = reader.load_reader(reader.CHOOSING)
    lines = writer.write(texts, num_samples=num_samples * num_candidates, **options)
    ranked = attempts.ranks(lines, chooser)
    groups = [
        slice(start, start + num_candidates)
        for start in range(0, len(lines), num_candidates)
    ]
    return [attempts.best(lines[group], ranked[group]) for group in groups]


def shipped_chooser(*others: str):
    """The reader that chooses among candidates, if it came with the models.

    Args:
      *others: readers that may take its place.

    Returns:
      a scribe.reading.reader.Reader, or None.
    """
    from scribe.reading import reader

    for name in (reader.CHOOSING, *others):
        if shipped_model(name):
            return reader.load_reader(name)
    return None
