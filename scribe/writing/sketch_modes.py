"""What scribe.sample draws with a SketchRNN; see scribe.writing.modes."""

from scribe.foundation.errors import InputError
from scribe.models.stroke_model import data_dir_of_training
from scribe.writing import sketcher as sketching
from scribe.writing.modes import Job, slug
from scribe.writing.sketcher import Sketcher

TEMPERATURE = 0.2
# Drawings from one end of an interpolation to the other, if --num_samples says nothing.
STEPS_BETWEEN = 9


def free(sketcher: Sketcher, options) -> Job:
    """Draws random latent vectors, or whatever comes to a decoder alone."""
    _check(options)
    if options.drawing:
        raise InputError("--drawing is for --mode=reconstruct and --mode=interpolate")

    def draw():
        return sketcher.free(options.num_samples, _temperature(options), options.seed)

    return Job(["sketch"] * max(options.num_samples, 1), draw)


def reconstruct(sketcher: Sketcher, options) -> Job:
    """Draws again what is given, --num_samples times each."""
    _check(options)
    sources = _sources(sketcher, options)
    times = max(options.num_samples, 1)

    def draw():
        z, _ = sketcher.encode_cleaned([source.drawing for source in sources])
        return sketcher.decode(
            z.repeat(times, axis=0),
            _temperature(options),
            options.seed,
            [source.text for source in sources for _ in range(times)],
        )

    return Job([slug(source.text) for source in sources for _ in range(times)], draw)


def interpolate(sketcher: Sketcher, options) -> Job:
    """Draws what lies between two drawings: two words, or two hands."""
    _check(options)
    sources = _sources(sketcher, options)
    if len(sources) != 2:
        raise InputError(
            f"--mode=interpolate goes from one --drawing to another, not {len(sources)}"
        )
    count = options.num_samples if options.num_samples > 1 else STEPS_BETWEEN

    def draw():
        (first, second), _ = sketcher.encode_cleaned([s.drawing for s in sources])
        z = sketching.between(first, second, count)
        return sketcher.decode(z, _temperature(options), options.seed)

    name = "_to_".join(slug(source.text) for source in sources)
    return Job([name] * count, draw)


def _temperature(options) -> float:
    return TEMPERATURE if options.temperature is None else options.temperature


def _check(options) -> None:
    """Refuses options that only models that write a text have a use for."""
    for name, unused in (
        ("bias", 1.0),
        ("style", None),
        ("likeness", None),
        ("text_file", None),
        ("num_steps", None),
        ("best_of", 1),
    ):
        if getattr(options, name) != unused:
            raise InputError(
                f"--{name} is for models that write a text; a SketchRNN takes "
                "--drawing, --temperature, --num_samples and --seed"
            )
    if options.text and not options.drawing:
        raise InputError(
            "a SketchRNN writes no text of its own: --text says what the strokes of "
            "each --drawing spell"
        )


def _sources(sketcher: Sketcher, options) -> list:
    """The Sources that --drawing names; --text goes with them in their order."""
    # A cold start of plain writing does without the readers of files and corpora.
    from scribe.writing.sketch_sources import find_source

    if not options.drawing:
        raise InputError(
            f"--mode={options.mode} needs a --drawing: a file, or a word of --data_dir"
        )
    texts = options.text or []
    if len(texts) not in (0, len(options.drawing)):
        raise InputError(
            f"{len(texts)} texts do not fit {len(options.drawing)} drawings: give "
            "--text once for each --drawing"
        )
    data_dir = options.data_dir
    if data_dir is None:
        try:
            data_dir = data_dir_of_training(sketcher.model.folder)
        except InputError:  # files need no corpus
            data_dir = None
    texts = texts or [None] * len(options.drawing)
    return [
        find_source(name, sketcher, data_dir, text)
        for name, text in zip(options.drawing, texts, strict=True)
    ]
