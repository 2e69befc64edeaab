"""The trainers of word images, for the loop of scribe.training.

`print_trainer` teaches a generator printed letters, `scrabble_trainer` trains
generator, discriminator and recognizer together, `recognizer_trainer` a recognizer that
reads; `transfer` starts them from trained models. The trainers import TensorFlow, this
front does not: import the one that you need.
"""
