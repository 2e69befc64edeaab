"""Configuration, the training loop and the trainers, shared by both packages."""
