"""How words are set on lines: where lines stand, and how irregular they are."""

import dataclasses

from scribe.foundation.errors import InputError

ALIGNMENTS = ("left", "center", "right", "justify")
DRIFTS = ("remove", "keep")
MAX_JITTER = 3.0
_MOST_INDENT_MM = 200.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """How words are set.

    Attributes:
      align: "left", "center", "right" or "justify"; single lines may say otherwise.
      indent_mm: of the first line of each paragraph.
      jitter: how irregular lines and gaps are; 0 is a machine, 1 a person.
      drift: "remove" levels every word on its line; "keep" lets baselines wander as
        they were written.
    """

    align: str = "left"
    indent_mm: float = 0.0
    jitter: float = 1.0
    drift: str = "remove"

    def __post_init__(self):
        if self.align not in ALIGNMENTS:
            raise InputError(f"align={self.align!r}: use {', '.join(ALIGNMENTS)}")
        if self.drift not in DRIFTS:
            raise InputError(f"drift={self.drift!r}: use {', '.join(DRIFTS)}")
        if not 0 <= self.indent_mm <= _MOST_INDENT_MM:
            raise InputError(
                f"indent_mm={self.indent_mm}: must be from 0 to {_MOST_INDENT_MM:g}"
            )
        if not 0 <= self.jitter <= MAX_JITTER:
            raise InputError(f"jitter={self.jitter}: must be from 0 to {MAX_JITTER:g}")
