"""Refusals as users meet them: one sentence that names what is wrong, and no more."""

import contextlib
import re

import pytest

from scribe.foundation.errors import InputError


@contextlib.contextmanager
def refused(*facts: object, error: type[Exception] = InputError):
    """The block raises `error` with one sentence that names each of `facts`.

    Facts are what the user gave and what would be right: values, options, files. How
    the sentence puts them is for those who write it.
    """
    with pytest.raises(error) as caught:
        yield caught
    # gin adds lines that say where; commands put them behind the sentence.
    assert_names(str(caught.value).partition("\n  In ")[0], *facts)


def assert_names(sentence: str, *facts: object) -> None:
    """`sentence` is one line for people, and every fact is in it.

    A number must stand in it as a word of its own: 1 is not named in "100 points".
    """
    assert sentence.strip() and "\n" not in sentence.strip(), sentence
    assert "Traceback" not in sentence, sentence
    for fact in facts:
        named = str(fact) in sentence
        if isinstance(fact, int | float) and not isinstance(fact, bool):
            named = re.search(rf"(?<![\w.]){re.escape(str(fact))}(?!\w|\.\d)", sentence)
        assert named, f"{fact!r} is not named in {sentence!r}"


def assert_refusal(capsys, status: int, *facts: object) -> None:
    """A command ended with status 2 and one sentence that names each of `facts`.

    Args:
      capsys: pytest's fixture; nothing else may have been printed to stderr.
      status: what the command returned.
    """
    printed = capsys.readouterr().err.strip()
    assert status == 2, printed
    assert_names(printed, *facts)
