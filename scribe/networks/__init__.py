"""The Keras networks, the functions of tensors, and their export.

`attention_rnn`, `encoder_decoder`, `sketch_rnn` and `reader_network` are the networks;
`layers`, `attention` and `recurrence` are what they are made of, `mixtures` and
`sketch_losses` what they minimise. `tensorflow_engine` samples with them; `programs`
and `runtimes` write them for other runtimes; `tf1_checkpoint` reads weights of
TensorFlow 1. All but the front and `runtimes` import TensorFlow.
"""
