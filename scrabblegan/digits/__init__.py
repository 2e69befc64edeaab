"""WGAN-GP for digits: data, networks, trainer, judge."""
