"""The kinds of models, and what the commands need of each. Standard library only.

model.json names the kind of its network. Training needs no entry here: gin constructs
trainers and networks. For everything after it the commands look here, so that they do
not know the kinds apart:

- `scribe.load` opens what `load` returns with `open`;
- `scribe.sample --mode=M` calls `modes[M](opened, options)`, which checks the options
  of the command line and returns a scribe.writing.modes.Job; the first mode is the
  default, and a mode that takes options of its own adds them to scribe.sample;
- `scribe.evaluate` calls `evaluate(model, options)`, which returns the figures as a
  dictionary for JSON and the same as text;
- `scribe.export` calls `program(model)`, `scribe.publish` calls `load`.

A network that draws strokes is a scribe.models.stroke_model.StrokeModel: its kind says
which numbers make its size and which weights follow from them, and its networks (they
have `kind`, `sizes()`, `named_weights()`) are trained by StrokeTrainer or a trainer of
their own. A kind that writes text has two engines (scribe.models.engine.Engine) and is
opened as a scribe.writing.writer.Writer, with which attempts, styles, pages and the
server work.
"""

import dataclasses
import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from scribe.foundation.errors import InputError


@dataclasses.dataclass(frozen=True)
class Later:
    """A function or class of a module that is imported when it is first called.

    Attributes:
      path: "package.module:name".
    """

    path: str

    def __call__(self, *arguments, **options):
        module, _, name = self.path.partition(":")
        return getattr(importlib.import_module(module), name)(*arguments, **options)


@dataclasses.dataclass(frozen=True)
class Kind:
    """How the commands deal with one kind of model; None where they cannot.

    Attributes:
      name: as model.json has it.
      load: folder -> model; raises InputError if its files are damaged.
      evaluate: (model, options) -> figures, text.
      program: model -> scribe.networks.runtimes.Program.
      open: (StrokeModel, engine's name) -> what `scribe.load` returns. None for a kind
        that draws nothing; the following belong to those that draw.
      modes: of scribe.sample, (opened, options) -> Job, by name, the default first.
      sizes: what model.json says of the network's size, and what reads it: a type, or
        a function that raises ValueError.
      weight_shapes: (sizes, variant) -> shapes of the weights by name.
      reads_text: sizes -> whether the network writes a given text.
      network: (StrokeModel, products) -> its TensorFlow network with these weights;
        `products` are "float32" unless said otherwise.
      numpy_engine, tensorflow_engine: StrokeModel -> engine, of a kind that is opened
        as a scribe.writing.writer.Writer.
    """

    name: str
    load: Callable
    evaluate: Callable | None = None
    program: Callable | None = None
    open: Callable | None = None
    modes: Mapping[str, Callable] = dataclasses.field(default_factory=dict)
    sizes: Mapping[str, Callable] = dataclasses.field(default_factory=dict)
    weight_shapes: Callable | None = None
    reads_text: Callable[[dict], bool] | None = None
    network: Callable | None = None
    numpy_engine: Callable | None = None
    tensorflow_engine: Callable | None = None

    def need(self, what: str, folder: Path) -> Callable:
        """The attribute `what`.

        Raises:
          InputError: this kind has none.
        """
        found = getattr(self, what)
        if found is None:
            raise InputError(
                f"{folder}: a model of kind {self.name!r}, which has no {what!r}"
            )
        return found


def _one_of(*choices: str) -> Callable[[str], str]:
    """Reads a name that model.json gives."""

    def read(name):
        if name not in choices:
            raise ValueError(f"{name!r} is not one of {', '.join(choices)}")
        return name

    return read


_LOAD_STROKES = Later("scribe.models.stroke_model:load_model")
_WRITER = {
    "load": _LOAD_STROKES,
    "evaluate": Later("scribe.evaluation.writer_evaluation:evaluate"),
    "open": Later("scribe.writing.writer:Writer"),
    "modes": {"write": Later("scribe.writing.modes:write")},
}

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="attention_rnn",
            **_WRITER,
            sizes={
                "num_layers": int,
                "num_units": int,
                "num_mixtures": int,
                "num_window_components": int,
                "alphabet_size": int,
            },
            weight_shapes=Later("scribe.models.variant:weight_shapes"),
            reads_text=lambda sizes: sizes["num_window_components"] > 0,
            network=Later("scribe.networks.tensorflow_engine:attention_rnn"),
            numpy_engine=Later("scribe.models.numpy_engine:NumpyEngine"),
            tensorflow_engine=Later(
                "scribe.networks.tensorflow_engine:TensorFlowEngine"
            ),
            program=Later("scribe.networks.programs:stroke_step"),
        ),
        Kind(
            name="encoder_decoder",
            **_WRITER,
            sizes={
                "num_layers": int,
                "num_units": int,
                "num_mixtures": int,
                "embedding_dim": int,
                "encoder_units": int,
                "attention": _one_of("gaussian", "content", "location"),
                "num_window_components": int,
                "attention_units": int,
                "location_filters": int,
                "location_width": int,
                "alphabet_size": int,
                "num_writers": int,
            },
            weight_shapes=Later("scribe.models.encoder_decoder_engine:weight_shapes"),
            reads_text=lambda sizes: True,
            network=Later("scribe.networks.tensorflow_engine:encoder_decoder"),
            numpy_engine=Later(
                "scribe.models.encoder_decoder_engine:EncoderDecoderEngine"
            ),
            tensorflow_engine=Later(
                "scribe.networks.tensorflow_engine:TensorFlowEngine"
            ),
        ),
        Kind(
            name="sketch_rnn",
            load=_LOAD_STROKES,
            evaluate=Later("scribe.evaluation.sketch_evaluation:evaluate"),
            open=Later("scribe.writing.sketcher:Sketcher"),
            modes={
                "free": Later("scribe.writing.sketch_modes:free"),
                "reconstruct": Later("scribe.writing.sketch_modes:reconstruct"),
                "interpolate": Later("scribe.writing.sketch_modes:interpolate"),
            },
            sizes={
                "encoder_units": int,
                "decoder_units": int,
                "latent_dim": int,
                "num_mixtures": int,
            },
            weight_shapes=Later("scribe.models.sizes:weight_shapes"),
            reads_text=lambda sizes: False,
        ),
        Kind(
            name="reader",
            load=Later("scribe.reading.reader:load"),
            program=Later("scribe.networks.programs:reading"),
        ),
    )
}


def of(folder: Path) -> Kind:
    """The kind of the model in a folder.

    Raises:
      InputError: its model.json is damaged, or names a kind that scribe does not know.
    """
    path = folder / "model.json"
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["kind"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if not isinstance(name, str) or name not in KINDS:
        raise InputError(
            f"{path}: a model of kind {name!r}; scribe knows {', '.join(KINDS)}"
        )
    return KINDS[name]
