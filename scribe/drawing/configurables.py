"""Registers what gin files may name of the drawings: plotters."""

from scribe.drawing import plotter
