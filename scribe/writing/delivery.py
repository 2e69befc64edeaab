"""Files of what scribe.sample draws: which there will be, and what each shows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.writing.line import WrittenLine
from scribe.writing.modes import Job

FIGURES_FOLDER = "logs/figures"
PLOT_ENDINGS = (".svg", ".png", ".pdf")


def look_of(output: str | None, plot: str | None, **look) -> dict:
    """The fields of a scribe.drawing.Look that a user chose, checked.

    Args:
      output, plot: as for `check_output`.
      **look: None where nothing was chosen.

    Raises:
      InputError: there is no such look, or nothing that could have it is drawn.
    """
    from scribe.drawing import Look

    chosen = {name: value for name, value in look.items() if value is not None}
    if chosen and (plot is not None or (output is not None and _is_style(output))):
        raise InputError(
            "--ink, --size_mm and --pen_width_mm are for a drawing of the writing"
        )
    Look(**chosen)
    return chosen


def check_output(output: str, plot: str | None) -> None:
    """Refuses a file whose ending says nothing that can be drawn.

    Raises:
      InputError: the ending is unknown, or `plot` cannot be drawn into it.
    """
    from scribe import drawing

    if _is_style(output):
        if plot is not None:
            raise InputError("a plot cannot be drawn into a .json file")
        return
    ending = drawing.check_path(output)
    if plot is not None and ending not in PLOT_ENDINGS:
        raise InputError(
            f"cannot plot into {output!r}: its ending must be one of "
            f"{', '.join(PLOT_ENDINGS)}"
        )


def paths(job: Job, output: str | None, plot: str | None, first: int) -> list[Path]:
    """The files that the lines of a job go into: one for all of them, or one each.

    Args:
      job: what is to be drawn.
      output: a file; with {i} in its name one for each line; None for names of ours.
      plot: as --plot.
      first: number of the first line.

    Raises:
      InputError: several lines do not fit into the file, or it cannot be written, or
        the job has no such plot.
    """
    numbers = range(first, first + len(job.names))
    if output is None:
        folder = Path(FIGURES_FOLDER)
        found = [
            folder / f"{name}_{i}.svg"
            for name, i in zip(job.names, numbers, strict=True)
        ]
    elif "{i}" in output:
        found = [Path(output.replace("{i}", str(i))) for i in numbers]
    else:
        found = [Path(output)]
        if len(job.names) > 1 and plot is not None:
            raise InputError("a plot shows one line: use {i} in --output")
        if len(job.names) > 1 and _is_style(output):
            raise InputError("one style file holds one line: use {i} in --output")
    if plot is not None and plot not in job.plots:
        raise InputError(f"--plot={plot}: not of what this model draws")
    for path in found:
        command_line.check_output(path)
    return found


def save(
    lines: Sequence[WrittenLine],
    files: Sequence[Path],
    writer,
    plot: str | None,
    look: Mapping[str, object],
) -> Iterator[Path]:
    """Draws lines into files and yields each as soon as it is written.

    Args:
      lines: of a job.
      files: as `paths` has them.
      writer: that wrote them.
      plot: as --plot.
      look: of `look_of`.
    """
    groups = [lines] if len(files) == 1 else [[line] for line in lines]
    for path, group in zip(files, groups, strict=True):
        _draw(group, path, writer, plot, look)
        yield path


def _draw(lines: Sequence[WrittenLine], path: Path, writer, plot, look) -> None:
    from scribe import drawing

    line = lines[0]
    if plot == "density":
        drawing.density_figure(writer.predict(line), line.plain.strokes, path)
    elif plot == "attention":
        drawing.attention_figure(line.phi, line.text, path, line.strokes)
    elif len(lines) == 1:
        line.save(path, **look)
    else:
        drawing.save([line.strokes for line in lines], path, **look)


def _is_style(path: str | Path) -> bool:
    return Path(path).suffix == ".json"
