"""Writes planned letters one after the other, and saves the pages of each."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.drawing.page import Look, Page
from scribe.foundation.command_line import check_output
from scribe.foundation.errors import InputError
from scribe.typesetting import files, mail_merge
from scribe.typesetting.choice import choosing
from scribe.typesetting.mail_merge import PlannedLetter
from scribe.typesetting.pages import write_pages
from scribe.typesetting.rows import read_rows
from scribe.typesetting.setting import Setting
from scribe.typesetting.sheet import Sheet
from scribe.writing import Writer


@dataclasses.dataclass(frozen=True, eq=False)
class Saving:
    """How pages become files.

    Attributes:
      ending: in files.ENDINGS.
      look: ink and pen.
      plotter, scan: as for `files.save_pages`.
      optimise: as for `files.for_machine`.
      preview: a picture of what a .gcode draws; None for none.
    """

    ending: str
    look: Look
    plotter: object = None
    scan: Callable[[Page, Look], bytes] | None = None
    optimise: bool = False
    preview: str | None = None

    def save(self, pages: Sequence[Page], path: Path) -> tuple[list[Path], list[str]]:
        """The files that were written, and what is to be said about them."""
        pages, remarks = files.for_machine(
            pages, self.ending, self.plotter, self.optimise
        )
        saved = files.save_pages(pages, path, self.look, self.plotter, self.scan)
        if self.preview is not None:
            saved += files.save_preview(saved[0], self.preview, self.look, self.plotter)
        return saved, remarks


def check_outputs(
    output: str,
    preview: str | None = None,
    optimise: bool = False,
    is_merge: bool = False,
    resume: bool = False,
) -> str:
    """The ending of --output, if all that is asked for can be made.

    Args:
      output, preview, optimise, resume: options of scribe.write_page.
      is_merge: whether there is a table of rows.

    Raises:
      InputError: two options do not go together, or a file cannot be written.
    """
    ending = files.check_path(output)
    check_output(Path(output))
    if preview is not None:
        if ending != ".gcode":
            raise InputError("--preview is for an --output that ends in .gcode")
        if files.check_path(preview) in (".gcode", ".dxf"):
            raise InputError("--preview is a picture: .pdf, .svg or .png")
        check_output(Path(preview))
    if optimise and ending not in files.IN_STROKES:
        raise InputError(
            f"--optimise is for what a machine draws: {', '.join(files.IN_STROKES)}"
        )
    if not is_merge and resume:
        raise InputError("--resume is for the letters of --data")
    if is_merge and preview is not None:
        raise InputError("--preview shows one letter: leave out --data")
    return ending


def planned(
    text: str,
    output: str,
    table: str | None,
    style: str | None,
    seed: int,
    header: str | None,
) -> list[PlannedLetter]:
    """The letters to write: one, or one for each row of a table.

    Args:
      text, output, style, seed, header: as for `mail_merge.plan_letters`.
      table: file of rows, or None.

    Raises:
      InputError: as `plan_letters`, or a file cannot be written.
    """
    if table is None:
        return [PlannedLetter(1, text, Path(output), style, seed, header)]
    letters = mail_merge.plan_letters(
        text, read_rows(table), output, style, seed, header
    )
    for letter in letters:
        check_output(letter.path)
    return letters


def write_letters(
    letters: Sequence[PlannedLetter],
    writer: Writer,
    sheet: Sheet,
    setting: Setting,
    saving: Saving,
    *,
    bias: float,
    best_of: int | None = None,
    likeness: str | None = None,
    page_numbers: bool = False,
    one_page: bool = False,
    is_merge: bool = False,
    resume: bool = False,
    progress: Callable[[float, str], None] = lambda share, words: None,
    tell: Callable[[PlannedLetter, list[Path], list[str]], None],
    **of_text,
) -> None:
    """Writes letters and saves each when it is done.

    All hands are led through once, however many letters are written in one.

    Args:
      letters: as planned.
      writer: of a model with text.
      sheet, setting: of all pages.
      saving: how they become files.
      bias, page_numbers: as for `write_pages`.
      best_of: as for `choosing`.
      likeness: as for `Writer.style`.
      one_page: whether each has to fit on one, as on an envelope.
      is_merge: whether all are checked before the first is written.
      resume: leaves letters alone that are there.
      progress: of a Bar.
      tell: called with a letter, its files and what is to be said about them.
      **of_text: unknown, reflow, markup and slips, as for `write_pages`.

    Raises:
      InputError: a letter cannot be written.
      WorkFailed: one is not as it was to be; all are written.
    """
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    hand = functools.lru_cache(lambda name: writer.style(name, likeness))
    if is_merge:
        mail_merge.check_letters(letters, writer, sheet, **of_text)
    reader, best_of = choosing(best_of)
    waiting = [x for x in letters if not (resume and x.is_written())]
    report = mail_merge.Report(len(letters), kept=len(letters) - len(waiting))
    with report.of_interruption():
        for letter in waiting:
            written = write_pages(
                writer,
                letter.text,
                sheet,
                setting,
                bias=bias,
                style=hand(letter.style),
                seed=letter.seed,
                best_of=best_of,
                reader=reader,
                header=letter.header,
                page_numbers=page_numbers,
                progress=lambda lines, share: progress(*report.progress(lines, share)),
                **of_text,
            )
            tell(letter, *saving.save(written.pages, letter.path))
            report.add(letter, written, one_page)
    report.check()
