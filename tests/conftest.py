"""Settings of all tests, and the corpus that the tests of training share."""

import os
import signal

import numpy as np
import pytest

# Before anything imports TensorFlow: no GPU, so that results do not depend on the
# machine, and no messages.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# `pytest &` inherits an ignored SIGINT, and so would the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(config, val, argname):
    """Names bytes by their argument: two workers must collect the same names, and what
    compressed bytes are may depend on the time."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory):
    """Folder of a prepared corpus: 50 short scrawls in the splits of IAM-OnDB."""
    from training_samples import scrawls

    from scribe.corpora.prepared import save_corpus

    random = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("corpora") / "tiny"
    splits = {"train": 22, "validation_large": 10, "test": 10, "validation": 8}
    lines = {split: scrawls(split, n, random) for split, n in splits.items()}
    save_corpus(folder, "scrawls", lines, dropped={})
    return folder


@pytest.fixture
def clean_gin():
    """No bindings of other tests, and none left for them."""
    import gin

    gin.clear_config()
    yield gin
    gin.clear_config()


@pytest.fixture
def without_tracing():
    """Runs tf.functions step by step: tracing takes most of a short test's time."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def determinism():
    """Lets a test switch op determinism on, and switches it off after it."""
    yield
    from tensorflow.python.framework import config

    config.disable_op_determinism()
