"""How far work is: shown at a terminal, and only there."""

import os
import subprocess
import sys

import pytest
from repository import ROOT
from terminal import terminal

pytestmark = pytest.mark.unit

PROGRAM = """
import sys
{before}
from scribe.foundation.progress import Bar
with Bar("reading", total={total}, unit="words", quiet={quiet}) as bar:
    bar({done}, "3 lines")
    if bar._bar is not None:
        bar._bar.refresh()
"""
WITHOUT_TQDM = "sys.modules['tqdm'] = None"


def shown(total=1.0, done=0.5, quiet=False, before="", at_terminal=True) -> str:
    """What a bar that reaches `done` shows on stderr."""
    program = PROGRAM.format(total=total, done=done, quiet=quiet, before=before)
    with terminal() as (ours, theirs):
        result = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=theirs if at_terminal else subprocess.PIPE,
        )
        assert result.returncode == 0 and result.stdout == b""
        if not at_terminal:
            return result.stderr.decode()
        os.write(theirs, b"end")
        return os.read(ours, 65536).decode().removesuffix("end")


def test_a_share_is_shown_in_per_cent_with_a_note():
    found = shown()
    assert "reading:  50 %" in found and "3 lines" in found


@pytest.mark.parametrize(("total", "part"), [(20, "10/20"), (None, "10 words")])
def test_a_number_is_shown_with_its_unit(total, part):
    assert part in shown(total, 10)


@pytest.mark.parametrize(
    "silence", [{"quiet": True}, {"at_terminal": False}, {"before": WITHOUT_TQDM}]
)
def test_nothing_is_shown_where_it_is_not_wanted_or_cannot_be(silence):
    assert shown(**silence) == ""
