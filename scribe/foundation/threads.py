"""One thread for each product of a matrix, where no threadpoolctl can see to it.

A step of the networks is too small to share. Standard library only.
"""

import importlib.util
import os
import sys

# What OpenBLAS and Apple's Accelerate read when NumPy is imported.
VARIABLES = ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def hold_blas_back() -> None:
    """Sets the variables that the user has not set, if NumPy is still to be imported.

    With threadpoolctl installed nothing is done: it holds the threads back only while a
    network writes (scribe.models.numpy_layers.one_thread).
    """
    if "numpy" in sys.modules or importlib.util.find_spec("threadpoolctl"):
        return
    for name in VARIABLES:
        os.environ.setdefault(name, "1")
