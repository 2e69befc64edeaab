"""What the API is asked and what it answers: its OpenAPI page is made of these."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribe.strokes.foreign import MAX_STROKES
from scribe.writing.limits import MAX_BIAS, MAX_CHARACTERS
from scribe.writing.own_hand import MAX_LINES

FORMATS = {
    "strokes": "application/json",
    "stream": "text/event-stream",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "gcode": "text/x-gcode",
}
MAX_CANDIDATES = 4
LARGEST_SEED = 2**53 - 1  # the largest whole number that JavaScript is sure of
# Pixels of the largest screens times ten, and milliseconds since 1970.
_Coordinate = Annotated[float, Field(ge=-1e6, le=1e13, allow_inf_nan=False)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WriteRequest(_Message):
    """Lines to write, and how they are to be returned."""

    texts: list[str] = Field(
        min_length=1,
        description="one line each; an empty one leaves a line blank",
        examples=[["Dear Ada,", "the engine writes by itself."]],
    )
    style: str | None = Field(
        None,
        max_length=100,
        description="the id of a style, or seed:7 for the hand of that number among "
        "all that the network can invent; null for another hand with each line",
        examples=["neat"],
    )
    bias: float = Field(
        1.0,
        ge=0.0,
        le=MAX_BIAS,
        allow_inf_nan=False,
        description="0 writes as variedly as people do, 2 is tidy and a little dull",
    )
    likeness: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        allow_inf_nan=False,
        description="how much of what was learnt of the hand is applied, for a style "
        "that is `tuned`: 0 is the style alone; null for what most will keep",
    )
    seed: int = Field(
        0, ge=0, le=LARGEST_SEED, description="the same seed gives the same strokes"
    )
    best_of: int = Field(
        1,
        ge=1,
        le=MAX_CANDIDATES,
        description="ways in which a line is written at most, as long as a reader of "
        "strokes misreads it; it keeps the one that it reads best; 1 if no such reader "
        "is installed",
    )
    unknown: Literal["refuse", "replace", "skip"] = Field(
        "refuse",
        description="what to do with characters that cannot be written: replace puts a "
        "look-alike; each answer names what was replaced or left out, a file in the "
        "header X-Substitutes",
    )
    format: Literal["strokes", "stream", "svg", "png", "pdf", "gcode"] = Field(
        "strokes",
        description="strokes: JSON with offsets; stream: server-sent events, each line "
        "as SVG paths as soon as it is written; the others: a file",
    )
    ink: str = Field("#16182b", max_length=20, description="#rrggbb")
    paper: str | None = Field(
        "#ffffff", max_length=20, description="#rrggbb; null for a transparent ground"
    )
    height_mm: float = Field(
        10.0,
        ge=2.0,
        le=100.0,
        allow_inf_nan=False,
        description="of a line, from its ascenders to its descenders",
    )
    pen_width_mm: float = Field(
        0.35, ge=0.05, le=5.0, allow_inf_nan=False, description="0.35 is a fine liner"
    )
    width_mm: float | None = Field(
        None,
        ge=10.0,
        le=2000.0,
        allow_inf_nan=False,
        description="width of the paper; null for as wide as the lines are",
    )
    length_mm: float | None = Field(
        None,
        ge=10.0,
        le=2000.0,
        allow_inf_nan=False,
        description="length of the paper; null for as long as the lines need",
    )
    page_length_mm: float = Field(
        297.0,
        ge=20.0,
        le=2000.0,
        allow_inf_nan=False,
        description="pdf and gcode go on to another page where the paper is longer",
    )
    rule: Literal["none", "lines", "grid"] = Field(
        "none", description="what is printed on the paper"
    )


class Substitute(_Message):
    """A character that was not written as it stands."""

    character: str
    written: str = Field(description="in its place; empty if it was left out")
    line: int = Field(description="number of its text, from 1")
    column: int = Field(description="of its text, from 1")


class Line(_Message):
    """A written line as pen offsets, y down, in the model's unit."""

    text: str
    finished: bool = Field(description="false if no attempt wrote all of the text")
    attempts: int
    strokes: list[tuple[float, float, int]] = Field(
        description="dx, dy, and 1 on the last point of each stroke"
    )
    substitutes: list[Substitute] = Field(
        description="what of the text that was sent is not written as it stands"
    )


class Lines(_Message):
    lines: list[Line | None] = Field(description="null where the text was empty")


class DrawnLine(_Message):
    """A line that somebody wrote."""

    text: str = Field(
        min_length=1,
        max_length=MAX_CHARACTERS,
        description="what the strokes spell",
        examples=["the quick brown fox"],
    )
    strokes: list[list[list[_Coordinate]]] = Field(
        min_length=1,
        max_length=MAX_STROKES,
        description="strokes in the order of writing, each a list of points x, y or "
        "x, y, milliseconds, perhaps with pressure; any unit; drawings upside down or "
        "mirrored are turned if they read as the text then",
    )


class NewStyle(DrawnLine):
    """Lines that somebody wrote, to be continued in the same hand."""

    more: list[DrawnLine] = Field(
        default_factory=list,
        max_length=MAX_LINES - 1,
        description="further lines of the same hand",
    )
    name: str = Field("My hand", min_length=1, max_length=40)


class DrawingFile(_Message):
    """A file of strokes that another program saved."""

    content: str = Field(
        min_length=1,
        description="the text of the file: SVG, InkML or JSON",
        examples=['<svg><path stroke="#000" d="M0 0 L9 9"/></svg>'],
    )


class FoundLine(_Message):
    text: str = Field(
        description="what the file says, or else what a reader reads: empty if nothing"
    )
    strokes: list[list[list[float]]]


class FoundLines(_Message):
    """The lines of a file, upright, from top to bottom."""

    lines: list[FoundLine]


class ReadAnswer(_Message):
    """What a reader makes of a drawn line."""

    reading: str
    fits: bool = Field(description="whether that can be the text; others are refused")


class Preview(_Message):
    """A little picture of a hand: SVG paths in mm, the baseline at y = 0."""

    width_mm: float
    height_mm: float
    paths: list[str]


class Learning(_Message):
    """How far the learning of a hand is."""

    state: Literal["waiting", "learning", "learnt", "no better", "failed"] = Field(
        description="no better: a line that was held out is foreseen no better than by "
        "the style alone, which stays as it was"
    )
    share: float = Field(description="of the work that is done, 0 to 1")
    detail: str = Field(description="why it failed, in one sentence")


class StyleAnswer(_Message):
    id: str
    name: str
    own: bool = Field(description="whether the visitor drew it; others do not see it")
    text: str
    tunable: bool = Field(
        description="whether it can be learnt: your own, lines enough, not learnt yet"
    )
    tuned: bool = Field(description="whether it was learnt: `likeness` turns that")
    learning: Learning | None = Field(description="null if nobody asked for it")
    mm_per_character: float = Field(
        description="average width at a height of 10 mm, to break lines by"
    )
    preview: Preview


class StyleList(_Message):
    styles: list[StyleAnswer]


class ModelAnswer(_Message):
    """What a page has to know before it sends a text."""

    name: str
    characters: str = Field(
        description="those that can be written, by the model or composed"
    )
    max_characters: int = Field(description="of one line")
    max_lines: int
    max_styles: int
    max_candidates: int = Field(description="of best_of; 1 without a reader")
    min_tuning_lines: int | None = Field(
        description="lines of which a hand can be learnt; null if this server learns "
        "none"
    )
    likeness: float = Field(description="what null is in `likeness`")
    sheet: list[str] = Field(
        description="lines to write that show a hand: each character twice"
    )
    formats: list[str] = Field(description="files that can be downloaded")
    margin_mm: float
    line_spacing: float = Field(description="distance of baselines, in heights")
    ascent: float = Field(description="what of the height is above the baseline")
    below_mm: float = Field(description="from a baseline to its rule")
    grid_mm: float = Field(description="distance of the lines of a grid")


class Health(_Message):
    status: Literal["ok"]
    lines_waiting: int
    lines_writing: int


class FieldError(_Message):
    pointer: str = Field(description="the field, as a JSON Pointer (RFC 6901)")
    detail: str


class Problem(_Message):
    """What was wrong (RFC 9457)."""

    type: str
    title: str = Field(description="what the status means")
    status: int
    detail: str = Field(description="what was wrong here, in one sentence")
    errors: list[FieldError] = Field(
        default_factory=list, description="what was wrong with each field"
    )
