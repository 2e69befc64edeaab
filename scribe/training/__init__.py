"""The training loop and the trainers, shared by both packages.

`loop` runs what gin files describe: it batches, steps, validates, saves and goes on
after an interruption (`run_files`). `trainer` says what it asks of a trainer;
`one_network` and `two_players` are bases. `stroke_trainer`, `sketch_trainer` and
`reader_trainer` stand here, others in scrabblegan. `distribution` and `workers` train
on several devices and machines, `mirrored` on one that may be taken away, `vertex` on
Vertex AI.
"""
