"""The toy training of toy_training.py for gin files: `import toy_configurables`."""

import gin
from toy_training import ToyDataset, ToyTrainer

gin.external_configurable(ToyTrainer, denylist=["dataset"])


@gin.register
def toy_dataset(data_dir: str) -> ToyDataset:
    """The numbers do not depend on `data_dir`, but a training names its data."""
    return ToyDataset()
