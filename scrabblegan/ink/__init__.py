"""A network of ink: what a pen did becomes the scan of it.

Scans of handwriting are prepared (`scans`, `preparation`): form lines out, the paper
under the ink filled in, the pen measured; strokes that scribe wrote are read
(`written_strokes`) and set as the scans are (`dataset`). A small U-Net (`network`)
learns from unpaired examples of both against a discriminator of patches
(`patch_discriminator`, `trainer`). scribe.models.ink_model runs what it has learnt.
Imports words and networks.
"""
