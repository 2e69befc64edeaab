"""The Keras networks, the functions of tensors, and their export."""
