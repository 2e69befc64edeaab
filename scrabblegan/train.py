"""Trains a model that gin files describe, or goes on with a training.

  python -m scrabblegan.train --gin_file=digits_conditional \\
      --data_dir=data/mnist.npz --save_dir=saved/digits

It is `scribe.train` under another name: gin files say which package they configure.
"""

from scribe.foundation import command_line
from scribe.train import main

if __name__ == "__main__":
    command_line.run(main)
