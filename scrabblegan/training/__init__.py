"""The trainers of word images, for the loop of scribe.training.

`print_trainer` teaches a generator printed letters, `scrabble_trainer` trains
generator, discriminator and recognizer together, `recognizer_trainer` a recognizer that
reads; `transfer` starts them from trained models. All but the loop import TensorFlow,
so import the one that you need.
"""
