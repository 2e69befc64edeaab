"""How much less probable a text is than what a reader reads."""

import numpy as np
import pytest

from scribe import writing
from scribe.reading import agreement, load_reader
from scribe.reading.ctc import text_nats
from scribe.writing import styles


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.fixture(scope="module")
def hands():
    """The lines of the shipped styles, ten hands."""
    model = writing.load().model
    names = styles.shipped_names(model.folder)
    return [styles.find_style(name, model) for name in names]


@pytest.mark.integration
def test_lines_agree_with_their_own_texts_and_with_no_others(reader, hands):
    texts = [
        hands[0].text,
        "The writing of",
        "one steady hand",
        "what was never written",
    ]
    readings = agreement.read_against(reader, [h.strokes for h in hands], texts)
    gaps = np.array([reading.gaps for reading in readings])
    assert {hand.text for hand in hands} == {texts[0]}
    assert gaps[:, 0].max() < agreement.SURE_GAP
    assert gaps[:, 1:].min() > agreement.MAX_GAP
    assert [r.text for r in readings] == reader.read([h.strokes for h in hands])


@pytest.mark.unit
def test_the_gap_is_the_difference_of_the_nats_per_character(reader, hands):
    hand = hands[0]
    (found,) = agreement.read_against(reader, [hand.strokes], ["some words"])
    (scores,) = reader.scores([hand.strokes])

    def nats(text):
        return text_nats(scores, reader.alphabet.encode(text)[:-1])

    expected = (nats("some words") - nats(found.text)) / len("some words")
    assert found.gaps[0] == pytest.approx(expected)
    assert found.doubt == pytest.approx(nats(found.text) / len(found.text))


@pytest.mark.unit
def test_what_the_reader_does_not_know_is_not_judged(reader, hands):
    text = hands[0].text
    texts = ["世界" * 9, "世" + text, "x" * 2000]
    (found,) = agreement.read_against(reader, [hands[0].strokes], texts)
    assert found.gaps[0] == 0.0
    assert found.gaps[1] < agreement.SURE_GAP
    assert found.gaps[2] == np.inf
