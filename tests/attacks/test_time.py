"""No reader takes longer than its file is long: what repeats is read once.

A megabyte may take ten seconds, on a machine that trains beside. What grows with the
square of the size takes minutes for these.
"""

import pytest
from attacks import held
from readers import READERS

pytestmark = [pytest.mark.slow, pytest.mark.property]

SIZE = 1_000_000
FILLERS = {
    "blanks": b" ", "tabs": b"\t", "lines": b"\n", "digits": b"9", "points": b"1 2,",
    "commas": b",", "quotes": b'"', "apostrophes": b"'", "brackets": b"[",
    "angles": b"<", "backslashes": b"\\", "percents": b"%", "letters": b"a",
    "dots": b". ", "zeros": b"\0",
}  # fmt: skip
PLACES = {
    "inkml": (b"<trace>", b"4 6 10", b"truth"),
    "svg": (b'd="', b"scale(", b"<style>", b"points=", b'viewBox="'),
    "json": (b'"strokes": ', b'"text": "'),
    "style": (b'"strokes": ', b'"text": "'),
    "iam_ondb": (b"<Point ", b'x="', b"<StrokeSet>"),
    "prepared": (b'"alphabet": "', b"{"),
    "listed": (b"text", b"ham"),
    "iam": (b"ok ", b"MOVE"),
    "model": (b'"alphabet": "', b"{"),
    "gin": (b"=", b"'"),
}


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("filler", FILLERS)
def test_a_megabyte_of_one_thing(name, filler, tmp_path):
    reader = READERS[name]
    reader.make(tmp_path)
    path = tmp_path / reader.targets[0]
    whole = path.read_bytes()
    found = []
    for place in (*PLACES[name], whole[-1:]):
        at = whole.index(place) + len(place)
        much = FILLERS[filler] * (SIZE // len(FILLERS[filler]))
        path.write_bytes(whole[:at] + much + whole[at:])
        fell = held("time for a megabyte", lambda: reader.read(tmp_path))
        if fell:
            found.append(f"after {place!r}: {fell}")
    assert found == []


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("place", [b"CSR: \n", b"MOVE", b"Mr .", b"%%"])
def test_a_megabyte_in_a_transcription(filler, place, tmp_path):
    from scribe.corpora.iam_ondb import read_transcription

    whole = b"OCR:\n\nx\n\nCSR: \n\nA MOVE to stop Mr . Green \nfrom %%%% doing\n"
    at = whole.index(place) + len(place)
    much = FILLERS[filler] * (SIZE // len(FILLERS[filler]))
    data = whole[:at] + much + whole[at:]
    assert held("time for a megabyte", lambda: read_transcription(data)) is None
