"""How much of a hand arrives, on numbers with a known answer and on styles."""

import re

import numpy as np
import pytest
from refusals import refused

from scribe import writing
from scribe.corpora.prepared import Line, save_corpus
from scribe.evaluation import hand_transfer
from scribe.evaluation.hand_transfer import Transfer
from scribe.strokes.arrays import rescale
from scribe.writing import styles


def transfer(share: float, noise: float = 0.0, num_hands: int = 40) -> Transfer:
    random = np.random.default_rng(0)
    own = random.normal(1.0, 0.3, [num_hands, 4])
    written = 2.0 + share * own[:, None] + noise * random.normal(size=[num_hands, 5, 4])
    return Transfer("made up", own, written)


@pytest.mark.unit
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_share_that_arrives_is_found(share):
    np.testing.assert_allclose(transfer(share).share(), share, atol=1e-9)
    np.testing.assert_allclose(transfer(share, noise=0.1).share(), share, atol=0.1)


@pytest.mark.unit
def test_hands_are_recognised_if_they_arrive_and_else_by_chance():
    whole = transfer(1.0)
    same = Transfer("same", whole.own, whole.written - 2.0)
    assert same.recognised() == 1.0
    assert (same.correlation() > 0.999).all()
    other = Transfer("other", whole.own, whole.written[::-1] - 2.0)
    assert other.recognised() < 0.1
    unended = same.written.copy()
    unended[:, :2] = np.nan
    assert Transfer("some", same.own, unended).recognised() == 1.0


@pytest.fixture(scope="module")
def writer():
    return writing.load()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, writer):
    """Shipped styles as a tablet records them, at twice the rate: two of a writer."""
    lines = []
    for number, name in enumerate(writer.style_names()[:6]):
        style = styles.find_style(name, writer.model)
        strokes = np.repeat(rescale(style.strokes, 10.0), 2, axis=0)
        strokes[::2, 2] = 0.0
        hand = f"hand{number // 2}"
        lines.append(Line(strokes, style.text, name, f"form{number}", hand))
    folder = tmp_path_factory.mktemp("data") / "corpus"
    save_corpus(folder, "styles", {"validation": lines}, {}, 66.7)
    return str(folder)


@pytest.mark.slow
@pytest.mark.integration
def test_the_report_has_a_row_for_each_hand_and_each_kind(writer, corpus, monkeypatch):
    monkeypatch.setattr(hand_transfer, "TEXTS", ("an ox",))
    seen = []
    table = hand_transfer.report(
        writer, corpus, 3, 1, 1.0, lambda name, share: seen.append((name, share))
    )
    rows = [[cell.strip() for cell in row.split("|")] for row in table.splitlines()]
    names = [row[1] for row in rows if len(row) > 1 and not set(row[1]) <= {"-"}]
    assert names == [
        *("style", *writer.style_names(), "hands", "shipped styles"),
        "another line of the same writer",
        *("strangers' lines with times", "the same without times", "no style"),
    ]
    assert re.search(r"\| neat \| -?\d\.\d\d → -?\d\.\d\d \|.* 1 of 1 \|", table)
    assert seen[-1] == ("no style", 1.0)


@pytest.mark.unit
def test_wrong_numbers_are_refused(writer, corpus):
    for arguments, facts in (
        ((None, 3, 9, 1.0), ["num_texts=9", 1, 8]),
        ((None, 2, 1, 1.0), ["num_hands=2", 3]),
        (("none", 3, 1, 1.0), ["none", "scribe.prepare_data"]),
    ):
        with refused(*facts):
            hand_transfer.report(writer, *arguments)
