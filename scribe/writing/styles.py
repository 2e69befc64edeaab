"""Hands to write in: strokes with their text, which prime the network.

A style file is JSON: {"text": "...", "strokes": [[dx, dy, end_of_stroke], ...]} and
optionally "recorded": true, which says that the strokes come from the corpus's tablet,
or could, and have to be cleaned like the corpus first. Without it they are in the
model's own pen unit, as WrittenLine.save writes them. A hand of several lines has
{"lines": [{"text": ..., "strokes": ...}, ...]} instead, the best first.

Some come with a model, in the folder `styles` beside its weights. The user's own are in
the folder SCRIBE_STYLES, or else where the platform keeps what programs store for a
user. NumPy only.
"""

import dataclasses
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import read_file
from scribe.foundation.json_files import parse_json
from scribe.foundation.npz import reason
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import character_width, rescale, set_beside
from scribe.strokes.measures import MIN_POINTS, median_offset
from scribe.writing import own_styles
from scribe.writing.adaptation import (
    LIKENESS,
    Adaptation,
    check_likeness,
    fingerprint,
    load_adaptation,
)
from scribe.writing.spelling import plain_text

logger = logging.getLogger(__name__)

MAX_POINTS = 2000
MAX_BYTES = 5_000_000  # of a style file
# Of a hand of several lines so many lead the network into it.
MAX_JOINED = 3
MAX_JOINED_CHARACTERS = 150
# Offsets of a pen that is down have lengths of some half the unit that a network is
# trained in, whoever writes. Another model's unit may be many times as large.
TYPICAL_OFFSETS = (0.05, 10.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Style:
    """A hand: what was written and how.

    Attributes:
      text: the text of the strokes.
      strokes: float32 [P, 3] in the model's pen unit; of a hand of several lines those
        that the network is led through, joined.
      lines: all lines of such a hand; empty for one of a single line.
      adaptation: what a network has learnt of the hand; None if the strokes alone show
        it.
      likeness: how much of that is applied, from 0 to 1.
    """

    text: str
    strokes: np.ndarray
    lines: tuple["Style", ...] = ()
    adaptation: Adaptation | None = None
    likeness: float = LIKENESS

    def all_lines(self) -> tuple["Style", ...]:
        """What is known of the hand: each line with its text."""
        return self.lines or (self,)


@dataclasses.dataclass(frozen=True, eq=False)
class Blend:
    """A hand between two: their states after priming, mixed
    (scribe.writing.priming.mixed).

    Attributes:
      first, second: as `find_style` takes them.
      share: of the second, from 0 (all first) to 1.
    """

    first: "str | int | Style"
    second: "str | int | Style"
    share: float


def shipped_names(folder: Path) -> list[str]:
    """Names of the styles in a run folder, sorted; their index is their number."""
    return sorted(path.stem for path in (folder / "styles").glob("*.json"))


def find_style(style: str | int | Style | None, model: StrokeModel) -> Style | None:
    """The style that a user names.

    Args:
      style: name or number of one in the model's `styles` folder, name of one of the
        user's own, the path of a style file, a Style, or None.
      model: whose alphabet the text must keep to.

    Raises:
      InputError: there is no such style, or it cannot be used.
    """
    if style is None:
        return None
    if not isinstance(style, Style):
        style = load_style(_path(str(style), model), model)
    style = _led_through(style, model)
    least, most = TYPICAL_OFFSETS
    offset = median_offset(rescale(style.strokes, 1.0 / model.offset_scale))
    if not least <= offset <= most:
        raise InputError(
            f"the style is {'small' if offset < least else 'large'} beyond measure: it "
            "is in another unit than the model's; perhaps another model wrote it"
        )
    return style


def with_likeness(style: Style | Blend, likeness: float) -> Style | Blend:
    """The style with so much of what was learnt of its hand, or of both of a blend.

    Raises:
      InputError: `likeness` is out of its range, or nothing was learnt of the hand.
    """
    check_likeness(likeness)
    if not adaptations(style):
        raise InputError(
            "likeness is for a style that was tuned (scribe style tune): this one only "
            "primes the network"
        )
    if isinstance(style, Blend):
        return dataclasses.replace(
            style,
            **{
                side: dataclasses.replace(getattr(style, side), likeness=likeness)
                for side in ("first", "second")
            },
        )
    return dataclasses.replace(style, likeness=likeness)


def adaptations(style: Style | Blend | None) -> list[tuple[Adaptation, float]]:
    """What was learnt of a hand, and how much of it is applied; of a blend's two hands
    in proportion.

    Args:
      style: as `Writer.style` returns it.
    """
    if isinstance(style, Blend):
        sides = ((style.first, 1.0 - style.share), (style.second, style.share))
        return [
            (adaptation, share * likeness)
            for side, share in sides
            for adaptation, likeness in adaptations(side)
        ]
    if style is None or style.adaptation is None:
        return []
    return [(style.adaptation, style.likeness)]


def _led_through(style: Style, model: StrokeModel) -> Style:
    """The style with the lines that a model can be led through, joined."""
    usable, refused = [], None
    for line in style.all_lines():
        text = plain_text(line.text, model.alphabet)
        line = _checked(text, line.strokes, "the style")
        try:
            check_text(line.text, model)
            usable.append(line)
        except InputError as error:
            refused = refused or error
    if refused is not None and not usable:
        raise refused
    # A hand that was learnt was learnt behind single lines.
    first = joined(usable[:1] if style.adaptation else usable)
    return dataclasses.replace(
        style,
        text=first.text,
        strokes=first.strokes,
        lines=style.lines and tuple(usable),
    )


def check_text(text: str, model: StrokeModel) -> None:
    """Refuses the text of a style that a model cannot write."""
    for _, character in model.alphabet.unknown(plain_text(text, model.alphabet)):
        raise InputError(
            f"the style's text has {character!r}, which the model cannot write"
        )


def joined(lines: Sequence[Style]) -> Style:
    """The first lines of a hand, side by side as one, a space between them.

    As many as MAX_JOINED, MAX_POINTS and MAX_JOINED_CHARACTERS let in. Their middles
    are at one height.
    """
    text, strokes = lines[0].text, lines[0].strokes
    for line in lines[1:MAX_JOINED]:
        longer = f"{text} {line.text}"
        fits = len(strokes) + len(line.strokes) <= MAX_POINTS
        if not fits or len(longer) > MAX_JOINED_CHARACTERS:
            continue
        space = character_width(strokes, text)
        text, strokes = longer, set_beside(strokes, line.strokes, space)
    return Style(text, strokes)


def _path(name: str, model: StrokeModel) -> Path:
    shipped = shipped_names(model.folder)
    if name.isdecimal() and len(name) < 10 and int(name) < len(shipped):
        name = shipped[int(name)]
    if name in shipped:
        return model.folder / "styles" / f"{name}.json"
    if own_styles.may_be_own(name) and own_styles.path_of(name).is_file():
        return own_styles.path_of(name)
    if _is_file(name):
        return Path(name)
    known = ", ".join(f"{i} {n}" for i, n in enumerate(shipped)) or "none"
    own = ", ".join(own_styles.names())
    raise InputError(
        f"there is no style {name[:200]!r}; {model.folder} has: {known}"
        + (f"; your own: {own}" if own else "")
    )


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # no file can be called so
        return False


def load_style(path: Path, model: StrokeModel, tuned: bool = True) -> Style:
    """Reads a style file.

    Args:
      path: the file.
      model: in whose unit the strokes shall be.
      tuned: whether to read what was learnt of the hand, too.

    Raises:
      InputError: it is damaged, too short or too long, or has no text.
    """
    style, recorded = read_style(path)
    if recorded:
        style = cleaned(style, model)
    if not style.lines:
        style = _checked(style.text, style.strokes, str(path))
    learnt = own_styles.adaptation_path(path)
    if not tuned or not learnt.is_file():
        return style
    adaptation = load_adaptation(learnt)
    if adaptation.fingerprint != fingerprint(model):
        logger.warning(
            "%s was tuned for another model: written with the style alone; `scribe "
            "style tune` tunes it anew",
            path.stem,
        )
        return style
    return dataclasses.replace(style, adaptation=adaptation)


def cleaned(style: Style, model: StrokeModel) -> Style:
    """A style as the corpus's tablet recorded it, in the unit of a model."""
    lines = tuple(cleaned(line, model) for line in style.lines)
    return Style(style.text, model.clean(style.strokes), lines)


def read_style(path: Path) -> tuple[Style, bool]:
    """What a style file says: strokes of any length, and whether they are recorded.

    Raises:
      InputError: it is damaged, or has no text.
    """
    try:
        content = parse_json(read_file(path, MAX_BYTES))
        lines = [(line["text"], line["strokes"]) for line in content.get("lines", [])]
        if not lines:
            lines = [(content["text"], content["strokes"])]
        recorded = bool(content.get("recorded"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is not a style file: JSON with a text and its strokes "
            f"({reason(error)})"
        ) from error
    found = [_checked(text, rows, str(path), any_length=True) for text, rows in lines]
    return of_lines(found), recorded


def of_lines(lines: Sequence[Style]) -> Style:
    """The hand of some lines, the best first."""
    first = lines[0]
    return first if len(lines) == 1 else Style(first.text, first.strokes, tuple(lines))


def _checked(text, strokes, name: str, any_length: bool = False) -> Style:
    """A usable Style: single spaces, finite rows, the pen lifted at the end."""
    try:
        with np.errstate(over="ignore"):
            strokes = np.array(strokes, np.float32)
    except (ValueError, TypeError) as error:
        raise InputError(f"{name}: strokes must be rows of numbers") from error
    if strokes.ndim != 2 or strokes.shape[1] != 3 or not np.isfinite(strokes).all():
        raise InputError(f"{name}: strokes must be rows of dx, dy, end_of_stroke")
    if not np.isin(strokes[:, 2], (0, 1)).all():
        raise InputError(f"{name}: end_of_stroke must be 0 or 1")
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{name} does not say what its strokes spell")
    if not any_length and not MIN_POINTS <= len(strokes) <= MAX_POINTS:
        raise InputError(
            f"{name} has {len(strokes)} points; a style needs {MIN_POINTS} to "
            f"{MAX_POINTS}"
        )
    strokes[0, :2] = 0.0
    strokes[-1, 2] = 1.0
    return Style(" ".join(text.split()), strokes)


def save_style(path: str | Path, style: Style, recorded: bool = False) -> None:
    """Writes a style file, whole or not at all.

    Args:
      path: where.
      style: hand to keep.
      recorded: whether its strokes still have to be cleaned.
    """
    from scribe.foundation.files import write_whole

    lines = [
        {
            "text": line.text,
            "strokes": [
                [round(float(dx), 3), round(float(dy), 3), int(end)]
                for dx, dy, end in line.strokes
            ],
        }
        for line in style.all_lines()
    ]
    content: dict = {"lines": lines} if style.lines else lines[0]
    if recorded:
        content["recorded"] = True
    write_whole(path, (json.dumps(content) + "\n").encode())
