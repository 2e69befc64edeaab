"""Short texts that use every character of IAM-OnDB about as often as they can."""

import collections
import string
from collections.abc import Iterator

import numpy as np

# Own list: short common words, with every letter of the alphabet at least three times.
WORDS = (
    "a about above across after again air all along and answer any apple around as "
    "ask at away back be before began best better big black blue boat book both box "
    "boy bring brown build busy but by call came can car change city clear close "
    "cold come could cut dark day deep did do done door down draw drive each early "
    "earth east easy eight end enough equal even ever every exact eye face fact "
    "fall far farm fast few field find fire first five fix fly for form four fox "
    "free from front full game garden gave girl give go gold good grand green group "
    "grow half hand happy hard have he heat help her here high hill him his home "
    "horse hot house how ice if ink into iron island it jam job join jump just keep "
    "kept kind king knew know lake land large last late laugh lazy learn left "
    "letter life light like line list little live long look love made make many map "
    "mark may me mean men might mile mind mix moon more most move much music must "
    "my name near need never new next night nine no north note noun now of off "
    "often old on once one only open or order our out over own page paper part pass "
    "pen people piece plan plant play point press proud put quart queen quick quiet "
    "quite quiz rain ran read ready real red rest right river road rock room round "
    "rule run safe said same saw say school sea second see seem set seven she ship "
    "shop short show side sign simple sing six size sky sleep slow small snow so "
    "some song soon south stand star start stay step still stood stop story street "
    "strong such summer sun sure table take talk tall tell ten than that the their "
    "them then there these they thing think this those three through time to today "
    "together told took top town tree true try turn two under until up upon us use "
    "very voice vowel wait walk want warm was watch water way we week went were "
    "west what wheel when where which while white who whole why wide wind winter "
    "with wood word work world would write yard year yellow yes yet you young zebra "
    "zero zinc zone"
).split()

# How each punctuation mark comes between words; {} is a word, # a digit.
_MARKS = {
    "!": ("{}!",),
    '"': ('"{}"', '"{} {}"'),
    "&": ("{} & {}",),
    "'": ("{}'s", "'{}'"),
    "(": ("({})", "({} {})"),
    ")": ("({})", "(#)"),
    "+": ("+#", "# + #"),
    ",": ("{},", "{}, {},"),
    "-": ("{}-{}", "{} - {}"),
    ".": ("{}.", "Mr. {}"),
    "/": ("#/#", "{}/{}"),
    ":": ("{}:", "#:##"),
    ";": ("{};",),
    "?": ("{}?",),
    "[": ("[{}]",),
    "]": ("[{}]",),
}

ALPHABET = " " + "".join(sorted(string.ascii_letters + string.digits + "".join(_MARKS)))

MAX_CHARACTERS = 30


def phrases(num_phrases: int, random: np.random.Generator) -> Iterator[str]:
    """Random words, in each phrase also the character that was used least so far.

    Args:
      num_phrases: how many; from 40 on every character of `ALPHABET` occurs.
      random: source of chance.

    Yields:
      Phrases of up to `MAX_CHARACTERS`.
    """
    used = collections.Counter({character: 0 for character in ALPHABET[1:]})
    for _ in range(num_phrases):
        words = []
        length = random.integers(MAX_CHARACTERS // 2, MAX_CHARACTERS + 1)
        for turn in range(length):
            if turn % 2 == 0:
                rarest = min(used, key=lambda character: (used[character], character))
                word = _with_character(rarest, random)
            else:
                word = str(random.choice(WORDS))
            if len(" ".join([*words, word])) > length:
                break
            words.append(word)
            used.update(word.replace(" ", ""))
        random.shuffle(words)
        yield " ".join(words)


def _with_character(character: str, random: np.random.Generator) -> str:
    """A word or two that contain the character."""
    if character in _MARKS:
        pattern = str(random.choice(_MARKS[character]))
        while "{}" in pattern:
            pattern = pattern.replace("{}", _short_word(random), 1)
        while "#" in pattern:
            pattern = pattern.replace("#", str(random.integers(1, 10)), 1)
        return pattern
    if character.isdigit():
        return f"{random.integers(1, 10)}{character}"
    with_letter = [word for word in WORDS if character.lower() in word]
    if character.islower():
        return str(random.choice(with_letter))
    initial = [word for word in with_letter if word[0] == character.lower()]
    if not initial:  # no word begins with x
        return character
    return str(random.choice(initial)).capitalize()


def _short_word(random: np.random.Generator) -> str:
    return str(random.choice([word for word in WORDS if len(word) <= 4]))
