"""Writes lines again that a reader misreads, and keeps of each the best.

The reader that chooses here is not the one that measures (scribe.reading.reader), since
selection by a judge would only prove that one can select by that judge. NumPy only.
"""

import dataclasses

from scribe.models.shipped import shipped_model
from scribe.writing import attempts, limits
from scribe.writing.attempts import Attempt


def write_best(
    writer,
    /,
    texts,
    num_candidates: int,
    num_samples: int = 1,
    seed: int = 0,
    style=None,
    unknown: str = "refuse",
    **options,
):
    """As `Writer.write`, but a line that is misread is written in other ways.

    Args:
      writer: a Writer.
      texts: one text or several.
      num_candidates: ways to write each line at most. They are the samples that
        `Writer.write` would write with `num_samples` times as many.
      num_samples: lines per text.
      seed, style, unknown, **options: of `Writer.write`.

    Returns:
      list of WrittenLine, each the best as `attempts.best` says.

    Raises:
      InputError: see `Writer.write`; or the reader that chooses is not installed.
    """
    from scribe.reading import reader  # a cold start of plain writing does without

    chooser = reader.load_reader(reader.CHOOSING)
    texts = writer.spelled(texts, unknown)
    limits.check_positive(num_candidates=num_candidates, num_samples=num_samples)
    limits.check_count(len(texts) * num_samples * num_candidates)
    limits.check_seed(seed)
    style = writer.style(style)
    wanted = [
        Attempt(seed, text, sample * num_candidates)
        for text in range(len(texts))
        for sample in range(num_samples)
    ]
    lines: dict[Attempt, list] = {attempt: [] for attempt in wanted}
    found: dict[Attempt, list] = {attempt: [] for attempt in wanted}
    waiting, num_written = wanted, 0
    while waiting:
        more = attempts.num_next(num_written, num_candidates)
        of = [first for first in waiting for _ in range(more)]
        written = writer.write_attempts(
            [texts[first.text] for first in of],
            [
                dataclasses.replace(first, sample=first.sample + num_written + i)
                for first in waiting
                for i in range(more)
            ],
            style=style,
            **options,
        )
        judged = attempts.verdicts(written, chooser)
        for first, line, verdict in zip(of, written, judged, strict=True):
            lines[first].append(line)
            found[first].append(verdict)
        num_written += more
        waiting = [
            first
            for first in waiting
            if not attempts.is_settled(found[first], num_candidates)
        ]
    return [lines[first][attempts.best(found[first])] for first in wanted]


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
