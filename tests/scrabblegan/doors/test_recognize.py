"""Reading images as they come, from the command line and in Python."""

import numpy as np
import pytest
from PIL import Image
from recognizer_samples import random_recognizer
from refusals import assert_refusal
from word_samples import drawn_word, png

from scrabblegan import recognize
from scrabblegan.images import Unusable
from scrabblegan.models import raw_images
from scrabblegan.words.normalizer import WordNormalizer
from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.unit


class Knows:
    """A recognizer that reads an image rightly if it is framed as its text wants it.

    Otherwise it reads as many letters as there is room for, and finds them unlikely.
    """

    normalizer = WordNormalizer("normal", 3, "text", 3.0)

    def __init__(self, pixels, text):
        self.text = text
        self.framed = self.normalizer(pixels, text)

    def read(self, images, decoder="greedy", beam_width=20):
        return [self.text if self._is_it(im) else "u" * (im.shape[1] // 16)
                for im in images]  # fmt: skip

    def _is_it(self, image):
        same = image.shape == self.framed.shape
        return same and np.abs(image.astype(int) - self.framed).mean() < 25

    def nats(self, images, texts):
        return np.array(
            [0.1 if self._is_it(im) and text == self.text else 2.0
             for im, text in zip(images, texts, strict=True)]
        )  # fmt: skip


@pytest.mark.parametrize("text", ["on", "ham", "pen", "happy", "monument"])
def test_the_form_that_a_word_had_in_training_is_found(text):
    pixels = drawn_word(text)
    found = raw_images.read_raw_image(Knows(pixels, text), pixels)
    assert found == raw_images.Reading(text, pytest.approx(0.1))


def test_size_and_polarity_do_not_matter():
    text, pixels = "happy", drawn_word("happy")
    large = np.asarray(
        Image.fromarray(pixels).resize([5 * n for n in pixels.shape[::-1]])
    )
    for changed in (255 - pixels, large):
        assert raw_images.read_raw_image(Knows(pixels, text), changed).text == text


def test_a_recognizer_that_reads_nothing_gives_an_empty_text():
    class Blind(Knows):
        def read(self, images, decoder, beam_width):
            return [""] * len(images)

    pixels = drawn_word("ham")
    reading = raw_images.read_raw_image(Blind(pixels, "ham"), pixels)
    assert reading.text == "" and np.isinf(reading.nats)


def test_a_blank_image_is_refused():
    with pytest.raises(Unusable, match="blank"):
        raw_images.read_raw_image(
            Knows(drawn_word("a"), "a"), np.full([40, 60], 255, np.uint8)
        )


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    random_recognizer(folder).save(folder)
    return folder


@pytest.mark.slow
@pytest.mark.integration
def test_the_command_prints_a_line_for_each_image(model, tmp_path, capsys):
    names = []
    for i, mode in enumerate(("L", "RGB", "alpha", "I;16")):
        names.append(str(tmp_path / f"{i}.png"))
        (tmp_path / f"{i}.png").write_bytes(png(drawn_word("coach"), mode))
    arguments = [f"--model={model}", *names]
    assert status_of(recognize.main, arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert status_of(recognize.main, [*arguments[:2], "--decoder=beam"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_what_cannot_be_read_is_answered_by_a_sentence(model, tmp_path, capsys):
    files = {
        "text.png": b"no image",
        "empty.png": b"",
        "half.png": png(drawn_word("ham"))[:200],
        "blank.png": png(np.full([40, 60], 200, np.uint8)),
        "word.png": png(drawn_word("ham")),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    word = str(tmp_path / "word.png")
    for arguments, facts in (
        ([str(tmp_path / "nowhere.png")], ["nowhere.png"]),
        ([str(tmp_path)], [tmp_path]),
        ([str(tmp_path / "text.png")], ["text.png"]),
        ([str(tmp_path / "empty.png")], ["empty.png"]),
        ([str(tmp_path / "half.png")], ["half.png"]),
        ([str(tmp_path / "blank.png")], ["blank.png"]),
        ([word, "--model=nowhere"], ["'nowhere'", "recognizer_letters"]),
        ([word, "--model=digits"], ["'digit_generator'", "'recognizer'"]),
        ([word, "--decoder=best"], ["--decoder=best", "greedy", "beam"]),
        ([word, "--beam_width=0"], ["--beam_width=0", 1]),
    ):
        status = status_of(recognize.main, [f"--model={model}", *arguments])
        assert_refusal(capsys, status, *facts)
