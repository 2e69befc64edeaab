"""What a data set is made of: everything but its size, its seed and its format."""

import dataclasses

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.factory.augmentation import Scan
from scribe.factory.check import Check
from scribe.factory.hands import Hands
from scribe.factory.lines import ENGINES
from scribe.factory.pens import Pens
from scribe.factory.sheets import Sheets
from scribe.factory.sizes import Crop
from scribe.factory.texts import Texts
from scribe.foundation import gin_config, gin_imports
from scribe.foundation.errors import InputError

KINDS = ("words", "lines", "paragraphs", "pages")


@gin.configurable(module="scribe")
@dataclasses.dataclass(frozen=True, eq=False)
class Recipe:
    """What a data set is made of.

    Attributes:
      kind: of KINDS, what a picture shows.
      model: run folder or name of a shipped model that writes.
      engine: of scribe.factory.lines.ENGINES, that runs it.
      texts: their source.
      hands: that write.
      check: reads what was written.
      pens: that draw it.
      crop: the size of pictures of words and lines.
      sheets: of paragraphs and pages; None for words and lines.
      scan: what pen, paper and scanner do to them; None for black ink on white.
      ink: run folder or name of a network of ink that draws the strokes as a scan of
        paper, None for the pens'. Of `scan` it leaves what moves the strokes.
      line_characters: of the lines that are written, from which words are cut.
      samples_per_shard: pictures that are made and kept together.
      splits: share of each part of the data set, by name. A shard is in one of them,
        and so is every hand that is invented.
    """

    kind: str
    model: str
    engine: str
    texts: Texts
    hands: Hands
    check: Check
    pens: Pens
    crop: Crop | None
    sheets: Sheets | None
    scan: Scan | None
    ink: str | None
    line_characters: Amount
    samples_per_shard: int
    splits: dict[str, float]

    def __post_init__(self):
        if self.kind not in KINDS:
            raise InputError(f"Recipe.kind={self.kind!r}: use {', '.join(KINDS)}")
        on_sheets = self.kind in ("paragraphs", "pages")
        if on_sheets != (self.sheets is not None) or not (on_sheets or self.crop):
            raise InputError(
                f"Recipe.kind={self.kind!r}: words and lines need a Recipe.crop and no "
                "Recipe.sheets, paragraphs and pages need Recipe.sheets"
            )
        if self.engine not in ENGINES:
            raise InputError(f"Recipe.engine={self.engine!r}: use {', '.join(ENGINES)}")
        amounts.check_within("Recipe.line_characters", self.line_characters, 1, 100)
        if not 1 <= self.samples_per_shard <= 1_000_000:
            raise InputError(
                f"Recipe.samples_per_shard={self.samples_per_shard}: must be from 1 to "
                "1,000,000"
            )
        amounts.check_shares("Recipe.splits", list(self.splits.values()))
        for name in self.splits:
            if not name.isidentifier():
                raise InputError(f"Recipe.splits={name!r}: use a plain name")

    def split_of(self, shard: int, num_shards: int) -> str:
        """The split of a shard: the first ones are in the largest split, and so on."""
        # gin does not keep the order of a dictionary.
        names = sorted(self.splits, key=lambda name: (-self.splits[name], name))
        shares = amounts.check_shares("splits", [self.splits[name] for name in names])
        ends = np.cumsum(shares)
        ends[-1] = 1.0
        return names[int(np.searchsorted(ends, (shard + 0.5) / num_shards))]


def read_recipe(config: str) -> Recipe:
    """The recipe of a configuration.

    Args:
      config: text of all its bindings, as gin_config.config_text.

    Raises:
      InputError: a binding is missing or wrong.
    """
    gin_config.parse([], [gin_imports.with_modules(config)])
    return gin_config.call(Recipe)
