"""From a number of a shard to its files, and back to what is missing of a data set."""

import dataclasses
import functools
import math
from collections.abc import Iterator

from scribe.factory import manifest, receipts, shard
from scribe.factory.formats import FORMATS
from scribe.factory.lines import Penman
from scribe.factory.picturing import network_of_ink
from scribe.factory.receipts import Receipt
from scribe.factory.recipe import Recipe, read_recipe
from scribe.factory.store import Store
from scribe.foundation import installing
from scribe.foundation.errors import InputError

# Variables of libraries that would share a process's work out among threads: how many
# there are may change the last bits.
THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """All that decides the bytes of a data set; plain values, for other processes.

    Attributes:
      config: the bindings of the recipe, as text.
      seed: of the data set.
      num_samples: in all.
      form: name of the format.
    """

    config: str
    seed: int
    num_samples: int
    form: str

    def __post_init__(self):
        if self.form not in FORMATS:
            raise InputError(f"--format={self.form}: use {', '.join(FORMATS)}")
        if self.num_samples < 1 or self.seed < 0:
            raise InputError(
                f"num_samples={self.num_samples}, seed={self.seed}: use 1 sample or "
                "more, and a seed of 0 or more"
            )


class Workshop:
    """A recipe with its model, loaded once per process, that makes shards."""

    def __init__(self, plan: Plan):
        from scribe import writing

        self.plan = plan
        self.recipe: Recipe = read_recipe(plan.config)
        self._form = FORMATS[plan.form]()
        _check_installed(self._form.needs)
        self._penman = Penman(
            writing.load(self.recipe.model, "numpy"),
            self.recipe.check,
            self.recipe.engine,
        )

    @property
    def num_shards(self) -> int:
        return math.ceil(self.plan.num_samples / self.recipe.samples_per_shard)

    def count(self, number: int) -> int:
        """Samples of a shard."""
        each = self.recipe.samples_per_shard
        return min(each, self.plan.num_samples - number * each)

    def facts(self) -> dict:
        """The manifest."""
        plan = self.plan
        ink = self.recipe.ink and network_of_ink(self.recipe.ink).folder
        return manifest.plan(
            plan.config,
            plan.seed,
            plan.num_samples,
            self.num_shards,
            plan.form,
            self._penman.writer.model.folder,
            ink,
        )

    def files(self, number: int) -> Iterator[tuple[str, bytes]]:
        """The files of a shard: a pure function of the plan and the number."""
        self._penman.left_out.clear()
        order = shard.Order(self.plan.seed, number, self.count(number))
        split = self.recipe.split_of(number, self.num_shards)
        made = shard.samples(self.recipe, self._penman, order)
        yield from self._form.files(number, split, made)

    def make(self, number: int, store: Store) -> Receipt:
        """Writes the files of a shard and then its receipt."""
        paths: list[str] = []

        def written():
            for path, data in self.files(number):
                store.write(path, data)
                paths.append(path)
                yield path, data

        sha256 = receipts.checksum(written())
        receipt = Receipt(
            number,
            self.recipe.split_of(number, self.num_shards),
            self.count(number),
            paths,
            sha256,
            dict(self._penman.left_out),
        )
        receipts.write(store, receipt)
        return receipt

    def finished(self, store: Store) -> dict[int, Receipt]:
        """The shards that are there already, by number; checks every byte of them."""
        found = {}
        for number in range(self.num_shards):
            receipt = receipts.read(store, number)
            if receipt is not None and receipts.is_whole(store, receipt):
                found[number] = receipt
        return found

    def finish(self, store: Store, done: dict[int, Receipt]) -> dict:
        """Puts together what belongs to all shards; returns the manifest."""
        ordered = [done[number] for number in range(self.num_shards)]
        facts = self.facts()
        self._form.finish(store, ordered, facts)
        return manifest.end(store, facts, ordered)


@functools.cache
def _check_installed(modules) -> None:
    import importlib.util

    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise InputError(installing.sentence(module))
