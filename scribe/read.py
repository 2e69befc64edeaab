"""Reads handwriting back: prints the text of pen strokes, a line per line.

  python -m scribe.read note.svg
  python -m scribe.read strokes.npz hand.json --decoder=beam
  python -m scribe.read --data_dir=data/iam_ondb --split=validation

Files are a style, pen strokes that another program saved (SVG, InkML, Xournal++, JSON
of many kinds: docs/use/OWN_HAND.md lists them) or .npz with `strokes` [P, 3] (dx, dy,
end_of_stroke) and, for several lines, their `lengths`. With --data_dir it reads the
lines of a prepared corpus and prints how many characters and words it gets wrong.
"""

from pathlib import Path

import numpy as np

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays
from scribe.foundation.json_files import read_json
from scribe.strokes import line_breaks, stroke_files
from scribe.strokes.arrays import strokes_from_paths


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.read")
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="strokes to read")
    command_line.add_model(parser, help="run folder, or name of a shipped reader")
    add("--decoder", default="greedy", help="greedy, or beam (with TensorFlow)")
    add("--beam_width", type=int, default=20, help="texts that beam keeps")
    add("--data_dir", help="prepared corpus whose lines are to be read")
    add("--split", default="validation", help="which of its lines")
    options = parser.parse_args(arguments)
    if bool(options.files) == (options.data_dir is not None):
        raise InputError("name files to read, or a corpus with --data_dir")
    if options.decoder not in ("greedy", "beam"):
        raise InputError(f"--decoder={options.decoder}: use greedy or beam")
    if options.beam_width < 1:
        raise InputError(f"--beam_width={options.beam_width}: must be 1 or more")
    from scribe.reading import reader

    reads = reader.load_reader(options.model)
    if options.data_dir is not None:
        return _measure(reads, options)
    lines = [line for name in options.files for line in _lines(Path(name))]
    for text in _read(reads, lines, options):
        print(text)
    return 0


def _read(reads, lines: list[np.ndarray], options) -> list[str]:
    if options.decoder == "greedy":
        return reads.read(lines)
    from scribe.networks.beam_search import read_with_beam

    return read_with_beam(reads, lines, options.beam_width)


def _measure(reads, options) -> int:
    from scribe.corpora.prepared import load_lines
    from scribe.reading import error_rates

    lines = load_lines(options.data_dir, [options.split])
    read = _read(reads, [line.strokes for line in lines], options)
    rates = error_rates.count_errors([line.text for line in lines], read).rates()
    print(f"lines  {len(lines)} of the split {options.split}")
    for name in ("cer", "wer"):
        low, high = rates[f"{name}_interval"]
        print(f"{name}    {rates[name]:.2%} (95 % interval {low:.2%} to {high:.2%})")
    return 0


def _lines(path: Path) -> list[np.ndarray]:
    """The lines of writing in a file: each [P, 3]."""
    if path.suffix == ".npz":
        return _from_arrays(path)
    if stroke_files.is_style(path):
        return [_checked(path, read_json(path)["strokes"])]
    strokes = stroke_files.read_drawing(path).strokes
    try:
        arrays = [np.asarray(stroke, float) for stroke in strokes]
        drawn = [stroke[:, :2] for stroke in arrays if stroke.size]
    except (ValueError, TypeError, IndexError) as error:
        raise InputError(f"{path}: each stroke must be rows of x, y") from error
    if not drawn:
        raise InputError(f"{path} has no strokes")
    return [strokes_from_paths(line) for line in line_breaks.split_lines(drawn)]


def _from_arrays(path: Path) -> list[np.ndarray]:
    """Lines of an .npz, such as a split of a prepared corpus."""
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    arrays = load_arrays(path, ("strokes", "lengths"))
    if "strokes" not in arrays:
        raise InputError(f"{path} has no array 'strokes'")
    strokes = _checked(path, arrays["strokes"])
    if "lengths" not in arrays:
        return [strokes]
    lengths = arrays["lengths"].astype(int)
    if lengths.ndim != 1 or (lengths < 1).any() or lengths.sum() != len(strokes):
        raise InputError(f"{path}: its lengths do not add up to its strokes")
    return np.split(strokes, np.cumsum(lengths)[:-1])


def _checked(path: Path, rows) -> np.ndarray:
    try:
        strokes = np.array(rows, np.float32)
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: strokes must be rows of numbers") from error
    if strokes.ndim != 2 or strokes.shape[1] != 3:
        raise InputError(f"{path}: strokes must be rows of dx, dy, end_of_stroke")
    return strokes


if __name__ == "__main__":
    command_line.run(main)
