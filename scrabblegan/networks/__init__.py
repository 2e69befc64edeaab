"""The networks of ScrabbleGAN and its losses."""
