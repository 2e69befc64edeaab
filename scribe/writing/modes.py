"""What scribe.sample draws with each kind of model.

A mode is a function of what `scribe.load` returned and the options of the command line.
It refuses options that do not go together and returns a Job, which says what there will
be before the work begins, so that files are checked first. NumPy only.
"""

import dataclasses
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded
from scribe.writing import spelling

DEFAULT_TEXTS = (
    "The quick brown fox jumps over 13 lazy dogs.",
    "Dear Ada, the engine writes by itself.",
    "Every hand has a rhythm of its own.",
    "Meet me at the station, Friday at 7:45?",
    "Ink, paper and a few LSTM cells.",
)


@dataclasses.dataclass(frozen=True)
class Job:
    """Drawings to be made.

    Attributes:
      names: one per drawing, in their order, as part of the name of a file.
      draw: makes them: a list of scribe.writing.line.WrittenLine.
      plots: what --plot can show of them.
      line_numbers: of each text in the file that it came from.
    """

    names: Sequence[str]
    draw: Callable[[], list]
    plots: tuple[str, ...] = ()
    line_numbers: Sequence[int] = ()

    def substitutes(self, lines: Sequence) -> list:
        """What of the texts is not written as it stands, each place once."""
        found = dict.fromkeys(s for line in lines for s in line.substitutes)
        return [
            dataclasses.replace(s, line=self.line_numbers[s.line - 1]) for s in found
        ]


def write(writer, options) -> Job:
    """Writes the texts of the command line, or freely with a model without text."""
    if options.best_of < 1:
        raise InputError(f"--best_of={options.best_of}: must be 1 or more")
    for name in ("drawing", "data_dir", "temperature"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name} is for models of kind sketch_rnn")
    if not writer.model.reads_text:
        return _write_freely(writer, options)
    if options.num_steps is not None:
        raise InputError("--num_steps is for models without text: use --text")
    texts, numbers = _texts(options, writer.model.alphabet)
    choices = {
        "bias": options.bias,
        "style": writer.style(_style(options), options.likeness),
        "seed": options.seed,
        "num_samples": options.num_samples,
        "max_steps_per_character": options.max_steps_per_character,
        "max_steps": options.max_steps,
        "unknown": options.unknown,
        "writer": options.writer,
    }

    def draw():
        if options.best_of == 1:
            return writer.write(texts, **choices)
        from scribe.writing.best_of import write_best

        return write_best(writer, texts, options.best_of, **choices)

    names = [slug(text) for text in texts for _ in range(max(options.num_samples, 1))]
    return Job(names, draw, ("attention", "density"), numbers)


def _write_freely(writer, options) -> Job:
    if (
        options.text
        or options.text_file
        or options.style
        or options.likeness is not None
    ):
        raise InputError(
            f"{writer.model.folder} is a model without text; it takes --num_steps"
        )
    if options.plot == "attention":
        raise InputError("a model without text has no attention to plot")
    if options.best_of > 1:
        raise InputError("--best_of compares with a text: this model writes none")
    num_steps = 700 if options.num_steps is None else options.num_steps

    def draw():
        return writer.write_freely(
            num_steps, options.num_samples, options.bias, options.seed
        )

    return Job([slug("")] * max(options.num_samples, 1), draw, plots=("density",))


def _texts(options, alphabet) -> tuple[list[str], list[int]]:
    """The texts, and the number of the line that each stands in."""
    if options.text_file is None:
        texts = options.text or list(DEFAULT_TEXTS)
        return texts, list(range(1, len(texts) + 1))
    if options.text_file == "-":
        content = sys.stdin.buffer.read()
    else:
        content = Path(options.text_file).read_bytes()
    content = decoded(content, options.text_file)
    lines = enumerate(content.splitlines(), start=1)
    lines = [(number, line) for number, line in lines if line.strip()]
    if not lines:
        raise InputError(f"{options.text_file} has no text")
    if options.unknown == "refuse":
        spelling.refuse_unknown(content.splitlines(), alphabet)
    return [line for _, line in lines], [number for number, _ in lines]


def _style(options):
    if options.style_to is None:
        return options.style
    from scribe.writing.styles import Blend

    share = 0.5 if options.mix is None else options.mix
    return Blend(options.style, options.style_to, share)


def slug(text: str) -> str:
    """The first words of a text, as part of a file's name."""
    words = re.findall("[A-Za-z0-9]+", text)
    return "_".join(words[:4]).lower()[:60] or "line"
