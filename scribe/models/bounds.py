"""Bounds of the network's outputs, the same in training and in every engine."""

# exp(-8) moves the window by a character in 3,000 points, exp(5) jumps over a line.
MIN_WINDOW_LOG = -8.0
MAX_WINDOW_LOG = 5.0

# No density may run to infinity on points that the tablet rounded to the same value.
MIN_LOG_SIGMA = -5.0
MAX_RHO = 0.995

# The softplus window of sjvasquez/handwriting-synthesis.
MIN_SOFTPLUS_WIDTH = 0.01
SOFTPLUS_STEPS_PER_CHARACTER = 25.0
