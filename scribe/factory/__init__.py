"""Labelled data sets for those who train recognizers: words, lines, pages.

A Recipe, read from gin files, says what is written (`texts`), in which hands (`hands`)
and how it looks. `shard` makes one shard of it, a pure function of the recipe, the
seed and the shard's number; `runner` has several processes make all of them. Pen paths
are known, so every character has its box, its polygon and its strokes.
"""
