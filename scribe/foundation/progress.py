"""How far long work is, on stderr, by tqdm."""

import sys

# For work that is measured as a share, 0 to 1.
_SHARE = "{desc}: {percentage:3.0f} % |{bar:30}| {elapsed}, {remaining} left{postfix}"


class Bar:
    """A line on the terminal that says how far work is.

    Silent where stderr is no terminal, where quiet is asked for, and where tqdm is not
    installed: writing a line does without it.
    """

    def __init__(
        self,
        what: str,
        total: float | None = 1.0,
        unit: str = "",
        quiet: bool = False,
    ):
        """
        Args:
          what: the work, in a word or two.
          total: what `done` is at the end; 1.0 where it is a share, None where the end
            is not known.
          unit: of `done`, in the plural.
          quiet: shows nothing.
        """
        self._bar = None
        if quiet or not sys.stderr.isatty():
            return
        try:
            from tqdm import tqdm
        except ModuleNotFoundError:
            return
        self._bar = tqdm(
            desc=what,
            total=total,
            unit=f" {unit}",
            bar_format=_SHARE if total == 1.0 else None,
            leave=False,
            file=sys.stderr,
        )

    def __call__(self, done: float, note: str = "") -> None:
        """Says that so much of the work is done."""
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(done - self._bar.n)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_) -> None:
        if self._bar is not None:
            self._bar.close()
