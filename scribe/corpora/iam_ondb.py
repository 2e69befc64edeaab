"""IAM-OnDB: lines of English text written on a whiteboard.

Liwicki and Bunke (2005), "IAM-OnDB - an on-line English sentence database acquired from
handwritten text on a whiteboard". Read as distributed: `lineStrokes/**/a01-000u-01.xml`
(one line each) and `ascii/**/a01-000u.txt`, whose `CSR:` block holds line k of the form
in its k-th line; as folders, as the two official archives or as one archive of both.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scribe.corpora.archives import find_parts, members
from scribe.corpora.corpus_reader import Reader
from scribe.corpora.iam_ondb_writers import writers_of
from scribe.corpora.pen_xml import DamagedFile, PenLine, read_pen_line
from scribe.corpora.prepared import Line
from scribe.corpora.transcription import ILLEGIBLE, tidy
from scribe.foundation.errors import InputError

SPLIT_LISTS = {
    "trainset.txt": "train",
    "testset_t.txt": "validation_large",
    "testset_v.txt": "validation",
    "testset_f.txt": "test",
}

_FORM = r"[a-z]\d\d-\d{3}[a-z]?"
_LINE_FILE = re.compile(rf"({_FORM}-\d+)\.xml")
_FORM_FILE = re.compile(rf"({_FORM})\.txt")
_CSR_BLOCK = re.compile(r"^CSR:[^\S\n]*\n", re.MULTILINE)
# A run of "%" stands where the transcriber lost a line break (form a08-551z).
# It begins where no blank is before it: from each blank of a long row the whole row
# would be looked at again.
_LOST_LINE_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*%%+[^\S\n]*")
_PLACEHOLDER = "Please Enter Transcription here"

# A line with this many times the points per character of its form's median, or this
# small a part of it, shows other words than were transcribed. Lines that are right
# reach 1.94 (a heading in large letters) and 0.56 (an ellipsis).
MAX_DENSITY_RATIO = 2.2
MIN_DENSITY_RATIO = 0.45
MIN_LINES_FOR_RATIO = 4


class IamOndb(Reader):
    """Reads IAM-OnDB with its official split, or split by form where that is missing.

    All points are kept as recorded: x and y in tablet units, repeated points included.
    The texts lose the typist's blanks (scribe.corpora.transcription) and nothing else;
    tokens such as "34s" (shillings) or "6tic" (a footnote mark) are what was written.
    """

    name = "iam_ondb"

    def __init__(self, source, split_lists=None, progress=None):
        """
        Args:
          source: the folder or archive.
          split_lists: folder with trainset.txt, testset_t.txt, testset_v.txt and
            testset_f.txt; None looks in `source` and beside it.
          progress: see Reader.
        """
        super().__init__(progress)
        self._source = Path(source)
        self._split_lists = split_lists

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument(
            "--split_lists",
            metavar="FOLDER",
            help="folder of trainset.txt, testset_t.txt, testset_v.txt, testset_f.txt, "
            "if they are neither in the source nor beside it",
        )

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        return cls(cls.source_of(arguments), arguments.split_lists, progress)

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        split_of_form = self._official_split()
        pen_lines, texts = self._read_files()
        rates = [line.points_per_second for line in pen_lines.values()]
        self.points_per_second = float(np.nanmedian(rates))
        median_densities = _median_densities(pen_lines, texts)
        writers = writers_of(_times_of_forms(pen_lines))
        for name, pen_line in sorted(pen_lines.items()):
            form = _form_of(name)
            text = texts.get(name, "")
            if split_of_form and form not in split_of_form:
                self.drop("form in no split list", name)
            elif not text:
                self.drop("no transcription", name)
            elif ILLEGIBLE.search(text):
                self.drop("a word is marked as illegible", name)
            elif _is_mismatch(pen_line, text, median_densities.get(form)):
                self.drop(
                    "number of points does not fit the text",
                    name,
                    f"{len(pen_line.strokes)} points for {text!r}",
                )
            else:
                writer = writers.get(form, "")
                line = Line(pen_line.strokes, text, name, form, writer)
                yield split_of_form.get(form), line

    def group(self, line: Line) -> str:
        """a01-000u and a01-000x show the same text: they go to the same split."""
        return line.form.rstrip("abcdefghijklmnopqrstuvwxyz")

    def _official_split(self) -> dict[str, str]:
        """{form: split}, or {} if there are no lists."""
        folders = [self._source, self._source.parent]
        if self._split_lists is not None:
            folders = [Path(self._split_lists)]
        for folder in folders:
            present = [name for name in SPLIT_LISTS if (folder / name).is_file()]
            if len(present) == len(SPLIT_LISTS):
                self.notes.append("split by the official lists")
                return read_split_lists(folder)
            if present or self._split_lists is not None:
                missing = ", ".join(sorted(set(SPLIT_LISTS) - set(present)))
                raise InputError(f"{folder} lacks the official split lists {missing}")
        self.notes.append(
            "no official split lists found: split by form into train, validation and "
            "test, so results cannot be compared with published ones"
        )
        return {}

    def _read_files(self) -> tuple[dict[str, PenLine], dict[str, str]]:
        """Recorded lines and transcriptions, both by the line's name."""
        pen_lines, texts = {}, {}
        parts = find_parts(self._source, ("lineStrokes", "ascii"))
        for i, part in enumerate(parts):
            for member in members(part, _is_ours):
                if match := _LINE_FILE.fullmatch(member.name):
                    try:
                        pen_lines[match[1]] = read_pen_line(member.content)
                    except DamagedFile as error:
                        self.drop("damaged file", member.name, str(error))
                elif match := _FORM_FILE.fullmatch(member.name):
                    for number, text in enumerate(read_transcription(member.content)):
                        texts[f"{match[1]}-{number + 1:02d}"] = text
                self.progress((i + member.fraction) / len(parts), len(pen_lines))
        if not pen_lines:
            raise InputError(
                f"{self._source} holds no line such as lineStrokes/a01/a01-000/"
                "a01-000u-01.xml (data/README.md says how to obtain IAM-OnDB)"
            )
        if not texts:
            raise InputError(
                f"{self._source} holds no transcription such as ascii/a01/a01-000/"
                "a01-000u.txt: the corpus has a second archive with these"
            )
        return pen_lines, texts


def read_split_lists(folder: Path) -> dict[str, str]:
    """{form: split} of the four official lists, one form a line.

    Raises:
      InputError: a form stands in two lists.
    """
    split_of_form = {}
    for file_name, split in SPLIT_LISTS.items():
        for form in (folder / file_name).read_text("latin-1").split():
            if split_of_form.setdefault(form, split) != split:
                raise InputError(
                    f"{folder / file_name}: form {form} is in the list for "
                    f"{split_of_form[form]} too"
                )
    return split_of_form


def read_transcription(content: bytes) -> list[str]:
    """The lines of the `CSR:` block, tidied; "" for a placeholder.

    The `OCR:` block before it holds the same text with the line breaks of the printed
    form, which are not those of the whiteboard.
    """
    text = content.decode("latin-1").replace("\r\n", "\n")
    start = _CSR_BLOCK.search(text)
    if start is None:
        return []
    block = _LOST_LINE_BREAK.sub("\n", text[start.end() :])
    lines = [tidy(line) for line in block.strip().split("\n")]
    return ["" if line == _PLACEHOLDER else line for line in lines]


def _is_ours(file_name: str) -> bool:
    return bool(_LINE_FILE.fullmatch(file_name) or _FORM_FILE.fullmatch(file_name))


def _form_of(name: str) -> str:
    return name.rpartition("-")[0]


def _times_of_forms(pen_lines: dict[str, PenLine]) -> dict[str, tuple[float, float]]:
    """When each form was begun and ended, in seconds; NaN where that is not known."""
    times: dict[str, list[tuple[float, float]]] = {}
    for name, line in pen_lines.items():
        times.setdefault(_form_of(name), []).append((line.begin, line.end))
    return {
        form: (min(begin for begin, _ in of_form), max(end for _, end in of_form))
        for form, of_form in times.items()
    }


def _median_densities(pen_lines, texts) -> dict[str, float]:
    """Median of the points per character by form, for forms of enough lines."""
    densities = {}
    for name, pen_line in pen_lines.items():
        if texts.get(name):
            density = len(pen_line.strokes) / len(texts[name])
            densities.setdefault(_form_of(name), []).append(density)
    return {
        form: float(np.median(of_form))
        for form, of_form in densities.items()
        if len(of_form) >= MIN_LINES_FOR_RATIO
    }


def _is_mismatch(pen_line: PenLine, text: str, usual_density: float | None) -> bool:
    """Whether the writer of this form cannot have written this text here."""
    if usual_density is None:
        return False
    ratio = len(pen_line.strokes) / len(text) / usual_density
    return not MIN_DENSITY_RATIO <= ratio <= MAX_DENSITY_RATIO
