"""Images of words, from a corpus as it is distributed to batches of a training.

`corpora` read a corpus, `normalizer` brings each image to 32 rows and 16 columns a
character, `preparation` does so with all of them, `prepared` saves and loads the
result, and `dataset` makes batches of it, with words to generate from a `lexicon`.
TensorFlow is imported where batches become tensors and by `augmentation` only.
"""

from scrabblegan.words.prepared import Words, load_facts, load_words, save_words

__all__ = ["Words", "load_facts", "load_words", "save_words"]
