"""Where a network may differ from Graves' equations. Standard library only.

The defaults are what this project trains. The other values are those of programs whose
checkpoints it imports (scribe.networks.tf1_layouts), so that such a network means the
same here.
"""

import dataclasses

from scribe.foundation.errors import InputError

# Bounds of the network's outputs, the same in training and in every engine.

# exp(-8) moves the window by a character in 3,000 points, exp(5) jumps over a line.
MIN_WINDOW_LOG = -8.0
MAX_WINDOW_LOG = 5.0

# No density may run to infinity on points that the tablet rounded to the same value.
MIN_LOG_SIGMA = -5.0
MAX_RHO = 0.995

# The softplus window of sjvasquez/handwriting-synthesis.
MIN_SOFTPLUS_WIDTH = 0.01
SOFTPLUS_STEPS_PER_CHARACTER = 25.0

WINDOW_FORMS = ("clipped_exp", "exp", "softplus")


@dataclasses.dataclass(frozen=True)
class Variant:
    """Wiring, window and bounds of an AttentionRNN.

    Attributes:
      window_feedback: the window of a step feeds the first layer at the next one.
      window_reads_input: what moves the window is not the first layer's output alone,
        but the pen's offset and the window before it as well.
      window_form: how alpha, beta and delta kappa follow from what the window's layer
        gives: "clipped_exp", their logarithms clipped to MIN_WINDOW_LOG
        and MAX_WINDOW_LOG; "exp", not clipped; "softplus", see
        scribe.networks.layers.window_parameters.
      skip_layers: how many layers, from the first one up, read the pen's offset and the
        window directly; None for all.
      output_skips: every layer feeds the output, not the last one alone.
      min_log_sigma: floor of the mixture's log standard deviations.
      max_rho: bound of its correlations.
      min_probability: when writing, components and pen lifts that are less probable
        are never drawn.
      pen_threshold: when writing, the pen lifts where it is more probable than this; by
        chance if None.
      starts_lifted: a line begins with the input (0, 0, 1), as if a stroke had just
        ended, instead of with its first point (0, 0, 0).
    """

    window_feedback: bool = True
    window_reads_input: bool = False
    window_form: str = "clipped_exp"
    skip_layers: int | None = None
    output_skips: bool = True
    min_log_sigma: float = MIN_LOG_SIGMA
    max_rho: float = MAX_RHO
    min_probability: float = 0.0
    pen_threshold: float | None = None
    starts_lifted: bool = False

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(field.default, bool) and not isinstance(value, bool):
                raise InputError(f"{field.name}={value!r}: must be True or False")
        if self.window_form not in WINDOW_FORMS:
            raise InputError(
                f"window_form={self.window_form!r}: use {', '.join(WINDOW_FORMS)}"
            )
        if self.skip_layers is not None and not (
            isinstance(self.skip_layers, int) and self.skip_layers >= 1
        ):
            raise InputError(
                f"skip_layers={self.skip_layers!r}: must be a whole number from 1 on, "
                "or None for all layers"
            )
        if self.skip_layers == 1 and not self.window_feedback:
            raise InputError(
                "skip_layers=1 without window_feedback: no layer would read the window"
            )
        for name, low, high in (
            ("min_log_sigma", -50.0, 0.0),
            ("max_rho", 0.0, 0.999999),  # at 1 the density is infinite
            ("min_probability", 0.0, 0.5),
            ("pen_threshold", 0.0, 1.0),
        ):
            value = getattr(self, name)
            if name == "pen_threshold" and value is None:
                continue
            if not (isinstance(value, int | float) and low <= value <= high):
                raise InputError(f"{name}={value!r}: must be from {low:g} to {high:g}")

    def has_skip(self, layer: int) -> bool:
        """Whether layer number `layer`, from 1, reads the pen's offset directly."""
        return self.skip_layers is None or layer <= self.skip_layers

    @property
    def has_fast_window(self) -> bool:
        """Whether scribe.networks.recurrence has a hand-written gradient for its first
        layer."""
        return (
            self.window_feedback
            and not self.window_reads_input
            and self.window_form == "clipped_exp"
        )

    def departures(self) -> dict:
        """The fields that are not the default, for model.json and gin."""
        return {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        }


GRAVES = Variant()
