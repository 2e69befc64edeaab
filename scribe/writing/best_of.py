"""Of several candidates for a line, the one that a reader reads best. NumPy only.

A network that samples leaves a letter out or writes another now and then. A reader that
gives the text a high probability saw all its letters, in order. The reader that chooses
here is not the one that measures (scribe.reading.reader), since selection by a judge
would only prove that one can select by that judge.
"""

from scribe.reading import reader


def write(writer, /, texts, num_candidates: int, num_samples: int = 1, **options):
    """As `Writer.write`, but each line is the best of several.

    Args:
      writer: a Writer.
      texts: one text or several.
      num_candidates: lines to choose among, written in one batch. They are the samples
        that `Writer.write` would write with `num_samples` times as many.
      num_samples: lines per text.
      **options: of `Writer.write`.

    Returns:
      list of WrittenLine. Lines that came to their end are preferred to others, then
      counts the probability per character that the reader gives the text.

    Raises:
      InputError: see `Writer.write`; or the reader that chooses is not installed.
    """
    chooser = reader.load(reader.CHOOSING)
    lines = writer.write(texts, num_samples=num_samples * num_candidates, **options)
    ranks = _ranks(lines, chooser)  # all at once: the reader reads in batches
    best = []
    for start in range(0, len(lines), num_candidates):
        group = range(start, start + num_candidates)
        best.append(lines[min(group, key=ranks.__getitem__)])
    return best


def choose(lines, chooser):
    """The one of several written lines that a reader reads best, as `write` says."""
    ranks = _ranks(lines, chooser)
    return lines[min(range(len(lines)), key=ranks.__getitem__)]


def _ranks(lines, chooser) -> list[tuple[bool, float]]:
    """What the best of several lines has the least of."""
    nats = chooser.nats([line.strokes for line in lines], [line.text for line in lines])
    return [(not line.finished, n) for line, n in zip(lines, nats, strict=True)]
