"""How texts are spelled with what a network knows."""

import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.alphabet import Alphabet
from scribe.writing.spelling import (
    Letter,
    letter_of,
    named,
    plain_text,
    spell,
    spell_lines,
    writable,
)

# That of the corpus of most shipped models.
SMALL = Alphabet(" !\"&'()+,-./0123456789:;?[]" + string.ascii_letters)
LETTERS = {
    "Czech": "áčďéěíňóřšťúůýž",
    "Danish and Norwegian": "æøåéó",
    "Dutch": "áéíóúëïöüĳ",
    "French": "àâæçéèêëîïôœùûüÿ",
    "German": "äöüßẞ",
    "Hungarian": "áéíóöőúüű",
    "Icelandic": "áðéíóúýþæö",
    "Italian": "àèéìíîòóùú",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Polish": "ąćęłńóśźż",
    "Portuguese": "áâãàçéêíóôõúü",
    "Romanian": "ăâîșțşţ",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Spanish": "áéíñóúü¿¡ªº",
    "Swedish": "åäö",
    "Turkish": "çğıİöşüâîû",
    "others": "đħŋŧŀĸſŉģċġżĉĝĥĵŝŭ",
}
SIGNS = "€£¥§°²³½×÷±•…–—¿¡«»„“”‘’™©№"


@pytest.mark.unit
@pytest.mark.parametrize("language", LETTERS)
def test_every_letter_of_the_european_languages_can_be_written(language):
    letters = LETTERS[language] + LETTERS[language].upper()
    text = spell(letters, SMALL).text
    assert not set(spell(letters, SMALL).base) - set(SMALL.characters)
    assert text == letters.replace("ĳ", "ij").replace("Ĳ", "IJ")


@pytest.mark.unit
def test_all_of_latin_1_and_latin_extended_a_and_the_signs_can_be_written():
    letters = [c for c in map(chr, range(0xA1, 0x180)) if c.isprintable()]
    known = writable(SMALL)
    for character in [*letters, *SIGNS, *string.punctuation]:
        assert spell(character, SMALL).text, character
        if spell(character, SMALL).text == character:
            assert character in known


@pytest.mark.unit
@pytest.mark.parametrize(
    ("character", "letter"),
    [
        ("é", Letter("e", "", ("\u0301",))),
        ("ǖ", Letter("u", "", ("\u0308", "\u0304"))),
        ("í", Letter("i", "", ("dotless", "\u0301"))),
        ("į", Letter("i", "", ("\u0328",))),  # the dot stays
        ("ı", Letter("i", "", ("dotless",))),
        ("İ", Letter("I", "", ("\u0307",))),
        ("ł", Letter("l", "", ("l bar",))),
        ("ß", Letter("", "ß")),
        ("ǽ", Letter("", "æ", ("\u0301",))),
        ("ş", Letter("s", "", ("\u0327",))),
        ("ș", Letter("s", "", ("\u0326",))),
        ("ķ", Letter("k", "", ("\u0326",))),  # Unicode calls it a cedilla
        ("ģ", Letter("g", "", ("\u0312",))),
        ("ť", Letter("t", "", ("'",))),
        ("Ť", Letter("T", "", ("\u030c",))),
        ("π", None),
        ("😀", None),
        ("e", Letter("e")),
    ],
)
def test_a_letter_is_a_base_and_its_marks(character, letter):
    assert letter_of(character, SMALL) == letter


@pytest.mark.unit
def test_what_the_network_knows_it_writes_itself():
    assert letter_of("é", Alphabet("eé")) == Letter("é")
    assert letter_of("é", Alphabet("a")) is None, "there is no e"
    assert spell("naïve", Alphabet("naïve")).is_plain


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "base", "owners"),
    [
        ("plain", "plain", (0, 1, 2, 3, 4)),
        ("Straße", "Strae", (0, 1, 2, 3, 5)),
        ("50 € so", "50 so", (0, 1, 2, 5, 6)),
        ("€ 50", "50", (2, 3)),
        ("50 €", "50", (0, 1)),
        ("ŉ", "'n", (0, 0)),
        ("§", "n", (-1,)),
    ],
)
def test_each_character_that_is_written_has_a_letter_of_the_text(text, base, owners):
    spelling = spell(text, SMALL)
    assert (spelling.text, spelling.base, spelling.owners) == (text, base, owners)


@pytest.mark.unit
def test_a_mark_without_a_letter_of_its_own_falls_to_the_letter_before_it():
    spelling = spell("am\u0302 so", SMALL)
    assert spelling.text == "am\u0302 so"
    assert spelling.letters == ((1, Letter("m", "", ("\u0302",))),)
    assert spelling.owners == (0, 1, 3, 4, 5)


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.sampled_from(["replace", "skip"]))
def test_nothing_vanishes(text, unknown):
    """What is no more in the text is a space, without ink, or named."""
    spelling = spell(text, SMALL, unknown)
    assert len(spelling.owners) == len(spelling.base)
    assert not SMALL.unknown(spelling.base)
    named = {s.column for s in spelling.substitutes}
    composed = unicodedata.normalize("NFC", text)
    for column, character in enumerate(composed, start=1):
        has_ink = not character.isspace() and unicodedata.category(character) != "Cf"
        if has_ink and column not in named:
            (alone,) = spell_lines([f"a{character}"], SMALL)
            assert all(c in spelling.text for c in alone.text[1:].split())


@pytest.mark.unit
def test_every_place_of_what_cannot_be_written_is_named():
    with refused("'π' at 1:5, 3:4", "'😀' at 3:1", "unknown=replace", "unknown=skip"):
        spell_lines(["a é π", "", "😀  π"], SMALL)


@pytest.mark.unit
def test_what_is_replaced_or_left_out_is_named_with_its_places():
    lines = spell_lines(["a  π😀", "Ω π"], SMALL, "replace")
    assert [line.text for line in lines] == ["a p", "O p"]
    found = named([s for line in lines for s in line.substitutes])
    assert found == [
        "'π' at 1:4, 2:3 (line:column) was replaced by 'p'",
        "'😀' at 1:5 (line:column) was left out",
        "'Ω' at 2:1 (line:column) was replaced by 'O'",
    ]
    (skipped,) = spell_lines(["aπb"], SMALL, "skip")
    assert (skipped.text, skipped.substitutes[0].written) == ("ab", "")


@pytest.mark.unit
def test_another_way_with_unknown_characters_is_refused():
    with refused("unknown='error'", "refuse, replace, skip"):
        spell("a", SMALL, "error")


@pytest.mark.unit
def test_a_style_may_spell_more_than_the_network_knows():
    assert plain_text("Jörg heißt  Łukasz: 5 €", SMALL) == "Jorg heisst Lukasz: 5 EUR"
    assert plain_text("π", SMALL) == "π"
