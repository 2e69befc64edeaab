"""JSON of strangers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.json_files import parse_json, read_json

pytestmark = pytest.mark.unit

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.property
@given(PLAIN, st.booleans())
def test_what_python_writes_is_read(value, plain):
    assert parse_json(json.dumps(value, ensure_ascii=plain)) == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"\x00",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[" + b"9" * 400 + b"]",
        b"[-" + b"9" * 5000 + b"]",
        b'["\\ud800"]',
        b'{"\\udfff": 1}',
        b"[1] 2",
    ],
)
def test_what_fails_later_is_refused_by_its_file(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with refused(tmp_path / "a.json"):
        read_json(tmp_path / "a.json")


def test_a_pair_of_surrogates_is_a_character_and_a_mark_is_passed_over():
    assert parse_json(b'\xef\xbb\xbf["\\ud83d\\ude00"]') == ["\U0001f600"]


def test_a_file_that_is_too_large_or_none_is_not_read(tmp_path):
    (tmp_path / "a.json").write_text("[1, 2, 3]")
    with refused(tmp_path / "a.json"):
        read_json(tmp_path / "a.json", most_bytes=8)
    with refused("/dev/zero"):
        read_json("/dev/zero")
