"""Registers what gin files may name of the networks."""

from scribe.networks import (
    attention_rnn,
    embedding_network,
    encoder_decoder,
    reader_network,
    sketch_rnn,
)
