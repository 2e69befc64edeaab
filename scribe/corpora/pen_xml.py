"""One line of IAM-OnDB's `lineStrokes` XML."""

import dataclasses
from xml.parsers import expat

import numpy as np

from scribe.strokes.arrays import strokes_from_points


class DamagedFile(Exception):
    """A file of a corpus that cannot be read; its line is left out and reported."""


@dataclasses.dataclass(frozen=True)
class PenLine:
    """What the tablet recorded of one line.

    Attributes:
      strokes: float32 [P, 3], see scribe.strokes; every recorded point is kept.
      points_per_second: rate while the pen was down, NaN without usable times.
      begin, end: `start_time` of the first stroke and `end_time` of the last, seconds;
        NaN where they are missing.
    """

    strokes: np.ndarray
    points_per_second: float
    begin: float = np.nan
    end: float = np.nan


def read_pen_line(xml: bytes) -> PenLine:
    """Reads `<Stroke><Point x= y= time=/>...</Stroke>...`.

    Raises:
      DamagedFile: the XML is cut off or not well-formed, a point lacks a coordinate,
        or there is no point.
    """
    points, times, ends = [], [], []
    begins, stops = [], []  # of the strokes

    def start(name, attributes):
        if name == "Point":
            points.append((float(attributes["x"]), float(attributes["y"])))
            times.append(float(attributes.get("time", "nan")))
            ends.append(0.0)
        elif name == "Stroke":
            begins.append(float(attributes.get("start_time", "nan")))
            stops.append(float(attributes.get("end_time", "nan")))

    def end(name):
        if name == "Stroke" and ends:
            ends[-1] = 1.0

    def refuse(*declaration):
        raise DamagedFile("the XML declares an entity, which is not read")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise DamagedFile(f"the XML is damaged or cut off ({error})") from error
    except LookupError as error:
        what = "a point has no" if isinstance(error, KeyError) else "the XML is in an"
        raise DamagedFile(f"{what} {error}") from error
    except ValueError as error:
        raise DamagedFile(f"a point or a time is not a number ({error})") from error
    if not points:
        raise DamagedFile("the XML holds no point")
    ends[-1] = 1.0
    end_of_stroke = np.array(ends)
    seconds = np.diff(times)[end_of_stroke[:-1] == 0.0]
    seconds = seconds[seconds >= 0.0]  # also leaves NaN out
    rate = len(seconds) / seconds.sum() if seconds.sum() > 0.0 else np.nan
    strokes = strokes_from_points(np.array(points), end_of_stroke)
    begin, end = (begins[0], stops[-1]) if begins else (np.nan, np.nan)
    return PenLine(strokes, float(rate), begin, end)
