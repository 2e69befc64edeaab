"""Trains a model that gin files describe, or goes on with a training.

  python -m scribe.train --gin_file=gin/experiments/scribe_quick.gin \\
      --data_dir=data/iam_ondb --save_dir=saved/quick
  python -m scribe.train --gin_file=scribe_quick --data_dir=data/iam_ondb \\
      --mirror=DRIVE/quick

Ctrl-C saves and stops; the same command goes on. TensorBoard reads the run folder. It
takes all GPUs that it sees, and other machines if TF_CONFIG names them
(docs/operate/DISTRIBUTED.md). With --mirror the run outlives the machine: it is fetched
first and copied every minute, as jobs of Vertex AI and the notebook for Colab need it.
"""

from scribe.foundation import command_line
from scribe.foundation.training_options import add_training_options


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.train")
    add_training_options(parser)
    options = parser.parse_args(arguments)
    from scribe.training.start import start

    return start(options)


if __name__ == "__main__":
    command_line.run(main)
