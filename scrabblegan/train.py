"""Trains a model that gin files describe, or goes on with a training.

  python -m scrabblegan.train --gin_file=digits_conditional \\
      --data_dir=data/mnist.npz --save_dir=saved/digits

It is `scribe.train` under another name: gin files say which package they configure.
"""

from scribe.foundation import command_line
from scribe.foundation.training_options import add_training_options


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.train")
    add_training_options(parser)
    options = parser.parse_args(arguments)
    from scribe.training.start import start

    return start(options)


if __name__ == "__main__":
    command_line.run(main)
