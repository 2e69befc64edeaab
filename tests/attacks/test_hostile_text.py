"""JSON and XML that were made to do harm."""

import json

import pytest
from attacks import put
from readers import READERS

pytestmark = pytest.mark.unit

MILLION = 1_000_000
# In place of any JSON.
JSON = {
    "empty": b"",
    "a zero": b"\x00",
    "no UTF-8": b"\xff\xfe\xfd",
    "Latin-1": '{"text": "é"}'.encode("latin-1"),
    "UTF-16": '{"text": "é"}'.encode("utf-16"),
    "only a mark": b"\xef\xbb\xbf",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"strokes":' * 100_000,
    "deep and whole": b"[" * 900 + b"]" * 900,
    "deep points": b'{"strokes":[' + b'{"points":' * 900 + b"1" + b"}" * 900 + b"]}",
    "a number": b"7",
    "a text": b'"text"',
    "null": b"null",
    "a list": b"[]",
    "an object": b"{}",
    "a long number": b"[" + b"9" * 5000 + b"]",
    "infinite": b"[1e999]",
    "Infinity": b'{"strokes": [[[Infinity, 1], [2, 3]]]}',
    "NaN": b'{"kind": NaN, "strokes": [[[NaN, 1], [2, 3]]]}',
    "half of a character": b'{"text": "\\ud800", "kind": "\\udfff"}',
    "zeros in names": b'{"kind": "\\u0000", "text": "\\u0000"}',
    "one name many times": b"{" + b'"kind": 1, ' * 1000 + b'"kind": 2}',
}
# What replaces a member of a whole JSON file.
VALUES = [
    None, True, -1, 10**9, 10**30, 1.5, -1e308, "", "x" * 100_000, "\x00", "../../x",
    "/etc/passwd", "\ud800", [], [[]], {}, {"a": {}}, [None], "NaN",
]  # fmt: skip
PATH = b'<svg><path stroke="red" d="%b"/></svg>'
XML = {
    "billion laughs": b'<!DOCTYPE ink [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "%b">' % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 110)
    )
    + b"]><ink><trace>&m;</trace></ink>",
    "a file of this machine": b'<!DOCTYPE ink [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<ink><trace>&a;</trace></ink>",
    "a parameter entity": b'<!DOCTYPE ink [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]>'
    b"<ink/>",
    "an unknown encoding": b'<?xml version="1.0" encoding="no-such"?><ink/>',
    "an encoding of programs": b'<?xml version="1.0" encoding="rot13"?><ink/>',
    "an encoding of many bytes": b'<?xml version="1.0" encoding="utf-7"?><ink/>',
    "idna": b'<?xml version="1.0" encoding="idna"?><ink/>',
    "deep": b"<ink>" * 100_000,
    "deep and whole": b"<svg>" + b"<g>" * 3000 + b"</g>" * 3000 + b"</svg>",
    "one long name": b"<" + b"a" * MILLION + b"/>",
    "many attributes": b"<ink "
    + b" ".join(b'a%d="1"' % n for n in range(50_000))
    + b"/>",
    "one attribute twice": b'<ink a="1" a="2"/>',
    "cut off": b"<ink><trace>1 2, 3",
    "a zero": b"<ink>\x00</ink>",
    "a svg that uses itself": b'<svg><g id="a"><use href="#a"/></g></svg>',
    "a svg that doubles": b"<svg>"
    + b"".join(
        b'<g id="a%d"><use href="#a%d"/><use href="#a%d"/></g>' % (n, n + 1, n + 1)
        for n in range(30)
    )
    + b'<g id="a30"><path stroke="red" d="M0 0L1 1"/></g></svg>',
    "huge coordinates": PATH % b"M1e308 1e308L-1e308 1e999",
    "a path without end": PATH % (b"M0 0" * 50_000),
    "odd transforms": PATH.replace(b"red", b'red" transform="matrix(1 2)')
    % b"M0 0L1 1",
    "hexadecimal": b"<ink><trace>#" + b"F" * 400 + b" #1, 2 3</trace></ink>",
    "a long number": b"<ink><trace>" + b"9" * 5000 + b" 1, 2 3</trace></ink>",
    "no numbers": b"<ink><trace>a b, c d</trace></ink>",
    "a point without x": b"<Strokes><Point y='1' time='1'/></Strokes>",
    "a point that is infinite": b"<Stroke><Point x='1e999' y='nan' time='x'/></Stroke>",
}


@pytest.mark.parametrize("content", JSON.values(), ids=JSON)
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("json", "a.json"),
        ("style", "style.json"),
        ("prepared", "c/corpus.json"),
        ("prepared_words", "w/words.json"),
        ("model", "m/model.json"),
        ("network", "model.json"),
    ],
)
def test_json(name, target, content, tmp_path):
    reader = READERS[name]
    reader.make(tmp_path)
    assert put(reader, target, content, tmp_path) is None


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("style", "style.json"),
        ("prepared", "c/corpus.json"),
        ("prepared_words", "w/words.json"),
        ("model", "m/model.json"),
        ("network", "model.json"),
    ],
)
def test_each_member_of_a_json_file_in_turn(name, target, tmp_path):
    reader = READERS[name]
    reader.make(tmp_path)
    whole = json.loads((tmp_path / target).read_text())
    found = []
    for member in whole:
        for value in VALUES:
            for changed in (value, {member: value}, [value]):
                data = json.dumps(whole | {member: changed}).encode()
                fell = put(reader, target, data, tmp_path)
                if fell:
                    found.append(f"{member}: {str(changed)[:60]}: {fell}")
    for member in whole.get("sizes", {}):
        for value in (-1, 0, 10**6, 10**9, 1e300, None, "9", [9], [[]]):
            data = json.dumps(whole | {"sizes": whole["sizes"] | {member: value}})
            fell = put(reader, target, data.encode(), tmp_path)
            if fell:
                found.append(f"{member}: {value}: {fell}")
    assert found == []


@pytest.mark.parametrize("content", XML.values(), ids=XML)
@pytest.mark.parametrize("name", ["inkml", "iam_ondb"])
def test_xml(name, content, tmp_path):
    reader = READERS[name]
    reader.make(tmp_path)
    assert put(reader, reader.targets[0], content, tmp_path) is None
