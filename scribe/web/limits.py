"""How much one visitor, and all of them together, may ask of the server."""

import dataclasses

from scribe.foundation.errors import InputError

_MAY_BE_NONE = ("remembered_lines", "max_waiting_tunings")


def _limit(default, help: str):
    return dataclasses.field(default=default, metadata={"help": help})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """Each field is an option of `python -m scribe.serve`."""

    max_lines: int = _limit(40, "lines that one request may ask for")
    max_waiting_lines: int = _limit(
        400,
        "lines of one address that may wait at once; requests beyond are turned away "
        "(429)",
    )
    kept_for_others: int = _limit(
        200, "lines that may wait beyond these, of other addresses"
    )
    lines_per_minute: int = _limit(
        600,
        "lines that one address may ask for in a minute, a reading of a drawing "
        "counted as one; more are turned away (429)",
    )
    max_seconds: float = _limit(60.0, "what is not written by then is given up")
    max_kilobytes: int = _limit(1000, "size of a request's body")
    max_styles: int = _limit(12, "styles that one visitor may keep")
    max_visitors: int = _limit(
        500, "visitors who may keep styles; the one longest away makes room"
    )
    style_minutes: float = _limit(
        120.0, "a visitor who was away for longer loses the styles"
    )
    max_waiting_tunings: int = _limit(
        8,
        "hands that may wait to be learnt, one of an address; 0 learns none",
    )
    tuning_minutes: float = _limit(20.0, "what is not learnt by then is given up")
    max_connections: int = _limit(
        500,
        "open connections; more are refused (503), unless one of them waits for a "
        "request: it is closed",
    )
    batch_lines: int = _limit(24, "lines that are written at the same time")
    remembered_lines: int = _limit(
        1000, "written lines kept in memory, so that a download writes nothing twice"
    )

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name in _MAY_BE_NONE else 1
            if field.type is float and not value > 0:
                raise InputError(f"{field.name}={value}: must be more than 0")
            if field.type is int and not value >= least:
                raise InputError(f"{field.name}={value}: must be {least} or more")
