"""What people write that is no prose: dates, amounts, addresses, numbers, references.

A grammar of strings of KINDS. A corpus of sentences shows hardly any of them,
so networks that learn from it cannot write them. The shares are those of notes, letters
and forms, not of newspapers, and rare characters come as often as they have to be to be
learnt. Every string is in printable ASCII.
"""

from collections.abc import Callable, Sequence

import numpy as np

from scribe.corpora.phrases import WORDS

_NAMES = (
    "Ada Adam Agnes Alan Alex Anna Ben Beth Bob Carla Chris Clara Dan Dora Ed Ella Em "
    "Erik Eva Felix Frank Fritz George Gina Greg Hana Hugo Ida Ines Ivan Jack Jane Joe "
    "John Julia Karl Kate Kim Laura Leo Lily Lukas Marie Max Mia Nina Noah Olga Oscar "
    "Otto Paul Petra Quentin Rita Robert Rosa Sam Sara Sofia Theo Tina Tom Ursula Vera "
    "Victor Walter Wanda Xavier Xenia Yara Yuri Yvonne Zara Zoe Baker Clark Cooper "
    "Davies Evans Fischer Garcia Hughes Jones Keller King Kovacs Lopez Martin Meyer "
    "Miller Moore Newman O'Neill Olsen Parker Quinn Rossi Schmidt Silva Smith Taylor "
    "Turner Underwood Vogel Wagner Walker Weber White Wood Young Zimmer"
).split()
_PLACES = (
    "Athens Bath Berlin Bern Bonn Boston Brno Cork Dublin Essen Exeter Fulda Gdansk "
    "Geneva Hull Izmir Jena Kiel Leeds Linz London Lyon Madrid Milan Nice Oslo Oxford "
    "Paris Porto Prague Quebec Riga Rome Sofia Tours Turin Ulm Utah Vienna Warsaw York "
    "Ypres Zagreb Zug"
).split()
_MONTHS = "Jan Feb March April May June July Aug Sept Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_ENDINGS = ("com", "org", "net", "de", "co.uk", "edu", "fr", "info", "eu")
_ACRONYMS = (
    "USA UK EU BBC NASA URL FAQ PDF XML HTML GPS VIP CEO PhD OK FYI ASAP RSVP XOXO SOS "
    "TAXI EXIT SALE QUIZ JAZZ ZOO MAX NEWS JFK UNO NATO WHO XL DVD CPU ZIP HQ IQ TBA"
).split()
_ROMAN = "II III IV VI VII VIII IX XI XII XIV XIX XX XXI MMXXVI MCM Louis XIV".split()
_STREETS = ("St.", "Rd.", "Ave.", "Street", "Lane", "Square", "Sq.", "Way")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "JKQVWXYZ"
_MARKS = "@#$%&*+=<>/\\_~^|{}[]`\"'!?;:()-.,"


class Tokens:
    """Draws strings of a grammar; a generator of equal seed gives equal ones."""

    def __init__(self, random: np.random.Generator):
        self._random = random
        self._shares = np.array([share for share, _ in KINDS.values()], float)
        self._shares /= self._shares.sum()

    def draw(self, kind: str | None = None) -> str:
        """A string of one of KINDS, of any kind by its share if none is named."""
        if kind is None:
            kind = list(KINDS)[self._random.choice(len(KINDS), p=self._shares)]
        return KINDS[kind][1](self)

    def word(self) -> str:
        return self.one_of(WORDS)

    def name(self) -> str:
        return self.one_of(_NAMES)

    def one_of(self, choices: Sequence[str]) -> str:
        return choices[self._random.integers(len(choices))]

    def number(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return int(self._random.integers(least, most + 1))

    def digits(self, count: int) -> str:
        return "".join(str(d) for d in self._random.integers(0, 10, count))

    def capitals(self, least: int, most: int) -> str:
        count = self.number(least, most)
        return "".join(self.one_of(_CAPITALS) for _ in range(count))

    def date(self) -> str:
        day, month = self.number(1, 31), self.number(1, 12)
        year = self.number(1950, 2035)
        short = f"{year % 100:02d}"
        return self.one_of(
            (
                f"{day:02d}/{month:02d}/{year}",
                f"{day}/{month}/{short}",
                f"{day:02d}.{month:02d}.{year}",
                f"{day}.{month}.{short}",
                f"{day}-{month}-{year}",
                f"{year}-{month:02d}-{day:02d}",
                f"{day} {_MONTHS[month - 1]} {year}",
                f"{_MONTHS[month - 1]} {day}, {year}",
                f"{self.one_of(_DAYS)}, {day}.{month}.",
                f"'{short}",
            )
        )

    def time(self) -> str:
        hour, minute = self.number(0, 23), self.number(0, 59)
        return self.one_of(
            (
                f"{hour}:{minute:02d}",
                f"{hour:02d}:{minute:02d}",
                f"{hour % 12 + 1}:{minute:02d} pm",
                f"{hour % 12 + 1}:{minute:02d} AM",
                f"{hour}.{minute:02d}",
                f"{hour}-{hour % 12 + 2} h",
                f"{hour % 12 + 1} o'clock",
            )
        )

    def phone(self) -> str:
        d = self.digits
        return self.one_of(
            (
                f"+{self.number(1, 99)} {d(2)} {d(4)} {d(4)}",
                f"+{self.number(1, 99)} {d(3)} {d(6)}",
                f"({d(3)}) {d(3)}-{d(4)}",
                f"{d(3)}-{d(4)}",
                f"0{d(3)}/{d(6)}",
                f"0{d(4)} {d(6)}",
                f"{d(5)} {d(3)} {d(3)}",
                f"ext. {d(3)}",
            )
        )

    def price(self) -> str:
        whole, cents = self.number(1, 999), self.digits(2)
        return self.one_of(
            (
                f"${whole}.{cents}",
                f"${whole}",
                f"${self.number(1, 99)},{self.digits(3)}",
                f"{self.number(1, 99)},{self.digits(3)}.{cents}",
                f"{whole}.{cents}",
                f"{whole},{cents} EUR",
                f"US${whole}",
                f"{whole}.-",
            )
        )

    def percentage(self) -> str:
        share = self.number(0, 100)
        return self.one_of(
            (
                f"{share}%",
                f"{share}.{self.number(1, 9)}%",
                f"{share} %",
                f"+{share}%",
                f"-{share}%",
                f"~{share}%",
            )
        )

    def mail_address(self) -> str:
        first, last = self.name().lower(), self.name().lower().replace("'", "")
        owner = self.one_of(
            (
                f"{first}.{last}",
                f"{first[0]}.{last}",
                f"{first}_{last}",
                f"{first}{self.digits(2)}",
                f"{first[0]}{last}",
                "info",
                f"{first}.{last[0]}",
                f"{last}-{self.word()}",
                f"{first}+{self.word()}",
            )
        )
        return f"{owner}@{self._domain()}"

    def _domain(self) -> str:
        middle = self.one_of((self.word(), f"{self.word()}-{self.word()}", "example"))
        return f"{middle}.{self.one_of(_ENDINGS)}"

    def web_address(self) -> str:
        begin = self.one_of(("https://", "http://", "www.", "", "https://www."))
        path = self.one_of(
            (
                "",
                "/",
                f"/{self.word()}",
                f"/~{self.word()}",
                f"/?q={self.word()}",
                f"/#{self.number(1, 9)}",
                f"/{self.word()}_{self.number(1, 9)}.html",
                f"/?id={self.number(1, 99)}",
                f"?id={self.digits(2)}&x={self.number(1, 9)}",
                f"/{self.word()}/{self.word()}",
            )
        )
        return f"{begin}{self._domain()}{path}"

    def sum(self) -> str:
        a, b = self.number(1, 99), self.number(1, 99)
        v = self.one_of("xyabn")
        return self.one_of(
            (
                f"{a}+{b}={a + b}",
                f"{a} + {b} = {a + b}",
                f"{a + b}-{b}={a}",
                f"{a}*{b}={a * b}",
                f"{a}x{b}={a * b}",
                f"{a}/{b}",
                f"{a} < {a + b}",
                f"{a + b} > {b}",
                f"{v}={a}",
                f"{v} >= {a}",
                f"{v}<={a}",
                f"{v}^2+{b}",
                f"({v}+{a})*{b}",
                f"|{v}| < {a}",
                f"{v} ~ {a}",
                f"= {a * b}",
                f"-{a}",
                f"2^{self.number(1, 16)}",
            )
        )

    def code(self) -> str:
        x, y, n = self.word(), self.word(), self.number(0, 9)
        return self.one_of(
            (
                f"{x}[{n}] = {y};",
                f"{{{x}}}",
                f"{{{x}, {y}}}",
                f"<{x}>",
                f"</{x}>",
                f"{x}_{y}",
                f"{x}_{y}({n});",
                f"if ({x[0]} > {n}) {{{y[0]} = {n};}}",
                f"C:\\{x}\\{y}",
                f"\\{x}{{{y}}}",
                f"~/{x}/{y}",
                f"${x.upper()}",
                f"#{x}",
                f"`{x}`",
                f"{x} | {y}",
                f"*{x}*",
                f"_{x}_",
                f"%{x[0]}",
                f"^{x}$",
                f"[{x}]",
                f'"{x}"',
                f"@{x}",
                f"{x}!=",
                f"{x} == {y}",
                f"{x} && {y}",
                f"{x[0]}++;",
                f"// {x}",
                f"-> {x}",
                ":-)",
                ";-)",
                "<3",
                "^_^",
            )
        )

    def post_code(self) -> str:
        d, c = self.digits, self.capitals
        return self.one_of(
            (
                f"{c(1, 2)}{d(1)} {d(1)}{c(2, 2)}",
                f"{c(1, 2)}{d(2)} {d(1)}{c(2, 2)}",
                f"{c(2, 2)}{d(1)}{c(1, 1)} {d(1)}{c(2, 2)}",
                f"{self.one_of(_PLACES)}, {c(2, 2)} {d(5)}",
                f"{d(5)} {self.one_of(_PLACES)}",
                f"{d(5)}",
                f"{c(1, 1)}-{d(4)} {self.one_of(_PLACES)}",
                f"{self.number(1, 199)} {self.name()} {self.one_of(_STREETS)}",
                f"{self.name()} {self.one_of(_STREETS)} {self.number(1, 99)}",
                f"PO Box {self.number(1, 999)}",
                f"c/o {self.name()}",
            )
        )

    def reference(self) -> str:
        d, c = self.digits, self.capitals
        return self.one_of(
            (
                f"{c(1, 3)}-{d(self.number(2, 4))}",
                f"{c(1, 2)}{d(self.number(1, 4))}",
                f"No. {self.number(1, 99)}",
                f"#{self.number(1, 9999)}",
                f"{d(4)}/{c(1, 1)}",
                f"{c(2, 3)} {d(3)} {c(1, 2)}",
                f"{self.number(1, 31)}th",
                f"{self.number(2, 999)} km",
                f"{self.number(1, 99)} kg",
                f"{self.number(2, 20)}x{self.number(2, 20)} cm",
                f"{d(self.number(2, 7))}",
                f"p. {self.number(1, 999)}",
                f"({self.number(1, 99)})",
                f"[{self.number(1, 99)}]",
                f"{self.name()} {self.number(1, 99)}",
                f"Ref: {c(2, 3)}/{d(3)}",
            )
        )

    def initials(self) -> str:
        a, b, c = (self.capitals(1, 1) for _ in range(3))
        return self.one_of(
            (
                f"{a}.{b}.",
                f"{a}. {b}. {self.name()}",
                f"{self.name()} {a}. {self.name()}",
                f"{a}&{b}",
                f"{a} & {b}",
                f"{self.name()} & {self.name()}",
                f"{a}.{b}.{c}.",
                f"Mr. {a}. {self.name()}",
                f"Dr {self.name()}",
                f"{a}{b}{c}",
            )
        )

    def in_capitals(self) -> str:
        return self.one_of(
            (
                self.one_of(_ACRONYMS),
                self.one_of(_ACRONYMS),
                self.word().upper(),
                f"{self.word().upper()} {self.word().upper()}",
                self.name().upper(),
                f"{self.word().upper()}!",
                self.capitals(2, 6),
                self.one_of(_ROMAN),
                f"{self.one_of(_ACRONYMS)} {self.number(1, 99)}",
            )
        )

    def any_characters(self) -> str:
        """Characters of chance, so that none is known by its neighbours alone."""
        groups = (
            "0123456789",
            _CAPITALS,
            _MARKS,
            _MARKS[:21],
            "abcdefghijklmnopqrstuvwxyz",
        )
        count = self.number(3, 6)
        return "".join(self.one_of(self.one_of(groups)) for _ in range(count))


# Share and rule of each kind.
KINDS: dict[str, tuple[float, Callable[[Tokens], str]]] = {
    "date": (9, Tokens.date),
    "time": (7, Tokens.time),
    "phone": (7, Tokens.phone),
    "price": (8, Tokens.price),
    "percentage": (6, Tokens.percentage),
    "mail address": (10, Tokens.mail_address),
    "web address": (8, Tokens.web_address),
    "sum": (8, Tokens.sum),
    "code": (12, Tokens.code),
    "post code": (8, Tokens.post_code),
    "reference": (8, Tokens.reference),
    "initials": (7, Tokens.initials),
    "capitals": (10, Tokens.in_capitals),
    "any characters": (6, Tokens.any_characters),
}
