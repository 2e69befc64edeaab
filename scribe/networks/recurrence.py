"""Running LSTMs over time: with autodiff anywhere, with a hand-written gradient fast.

Both forms compute the same functions of the same weights (tests/test_recurrence.py).
`portable_window_lstm` steps a Keras cell in a while loop and leaves the gradient to
TensorFlow. The fast forms are for the CPU:

- the input projection of all steps is one matrix product before the loop, so a step
  multiplies only what depends on the step before it;
- the forward loop keeps the gates; the backward loop, written by hand, sends only dz,
  the gradient of the gates' inputs, back in time, and the weight gradients are one
  matrix product after it;
- inside the loops everything is read from and written to TensorArrays: indexing a
  tensor in a while loop makes its gradient a full-size array of zeros every step;
- the arrays of 4 H numbers a step do not fit into a cache, so they are gone through as
  seldom as can be: the backward loop reads the forward loop's TensorArrays as they are,
  the bias is added and its gradient summed up within the loops, and what a matrix
  product gave or will take is kept in the type of its operands.

Time stands first here: T pen steps, B batch, H hidden units, V alphabet size, U
characters, K window components, D input width. Gates are in Keras' order i, f, c, o.
"""

import tensorflow as tf

from scribe.models.variant import MAX_WINDOW_LOG, MIN_WINDOW_LOG
from scribe.networks.layers import WindowCell, window_weights


def portable_window_lstm(cell: WindowCell, inputs, text, text_mask):
    """Steps `cell` over time.

    Args:
      cell: LSTM and window.
      inputs: [T, B, D].
      text: [B, U, V] what the window reads.
      text_mask: [B, U].

    Returns:
      h [T, B, H], window [T, B, V], kappa [T, B, K], phi [T, B, U].
    """
    num_steps = tf.shape(inputs)[0]
    source = tf.TensorArray(tf.float32, num_steps).unstack(inputs)
    outputs = tuple(tf.TensorArray(tf.float32, num_steps) for _ in range(4))
    states = cell.initial_states(tf.shape(inputs)[1], tf.shape(text_mask)[1])

    def step(t, states, outputs):
        states, phi = cell(source.read(t), states, text, text_mask)
        h, _, window, kappa = states
        written = zip(outputs, (h, window, kappa, phi), strict=True)
        return t + 1, states, tuple(array.write(t, value) for array, value in written)

    _, _, outputs = tf.while_loop(
        lambda t, *_: t < num_steps,
        step,
        (0, states, outputs),
        maximum_iterations=num_steps,
    )
    return tuple(array.stack() for array in outputs)


def product(a, b, dtype: tf.DType, transpose_a=False):
    """Matrix product [.., n, k] x [k, m] of operands rounded to `dtype`, in float32."""
    result = tf.matmul(
        tf.cast(a, dtype),
        tf.cast(b, dtype),
        transpose_a=transpose_a,
    )
    return tf.cast(result, tf.float32)


def project(inputs, kernel, bias, dtype: tf.DType):
    """inputs [T, B, D] times kernel [D, N] plus bias, in float32."""
    return tf.cast(product_of_all_steps(inputs, kernel, dtype), tf.float32) + bias


def product_of_all_steps(inputs, kernel, dtype: tf.DType):
    """inputs [T, B, D] times kernel [D, N], operands and result in `dtype`."""
    shape = tf.shape(inputs)
    flat = tf.reshape(inputs, [-1, inputs.shape[-1]])
    products = tf.matmul(tf.cast(flat, dtype), tf.cast(kernel, dtype))
    return tf.reshape(products, [shape[0], shape[1], kernel.shape[1]])


def run_lstm(layer, inputs, form: str, dtype: tf.DType):
    """Runs a Keras LSTM layer: [T, B, D] -> [T, B, H].

    Args:
      layer: keras.layers.LSTM that returns all steps.
      inputs: [T, B, D].
      form: "portable" or "fast".
      dtype: operands of the fast form's products.
    """
    if form == "portable":
        return tf.transpose(layer(tf.transpose(inputs, [1, 0, 2])), [1, 0, 2])
    cell = layer.cell
    projected = product_of_all_steps(inputs, cell.kernel, dtype)
    return fast_lstm(
        projected,
        tf.convert_to_tensor(cell.recurrent_kernel),
        dtype,
        bias=tf.convert_to_tensor(cell.bias),
    )


def fast_lstm(
    projected, recurrent_kernel, dtype: tf.DType = tf.float32, initial=None, bias=None
):
    """An LSTM over inputs that are already projected.

    Args:
      projected: [T, B, 4 H] kernel times input, in float32 or in `dtype`.
      recurrent_kernel: [H, 4 H].
      dtype: operands of the matrix products; states are float32 in any case.
      initial: h and c before the first step, [B, H] each; None for zeros.
      bias: [4 H]; None for zeros, or if `projected` contains it.

    Returns:
      h [T, B, H].
    """
    if initial is None:
        zeros = tf.zeros([tf.shape(projected)[1], recurrent_kernel.shape[0]])
        initial = (zeros, zeros)
    if bias is None:
        bias = tf.zeros([recurrent_kernel.shape[1]])

    @tf.custom_gradient
    def run(projected, recurrent_kernel, bias, first_h, first_c):
        num_steps = tf.shape(projected)[0]
        kernel = tf.cast(recurrent_kernel, dtype)
        source = _unstack(projected)

        def step(t, h, c, gates, c_before, hidden):
            z = _read(source, t) + product(h, kernel, dtype) + bias
            saved_c = c_before.write(t, c)
            values, c, h = _lstm_forward(z, c)
            return t + 1, h, c, gates.write(t, values), saved_c, hidden.write(t, h)

        _, _, last_c, gates, c_before, hidden = tf.while_loop(
            lambda t, *_: t < num_steps,
            step,
            (0, first_h, first_c, *_arrays(3, num_steps)),
            maximum_iterations=num_steps,
        )
        h = hidden.stack()

        def gradient(dh):
            transposed = tf.transpose(kernel)
            dz, dbias, dc = _lstm_backward_loop(
                dh, gates, c_before, last_c, transposed, dtype
            )
            return (
                tf.cast(dz, projected.dtype),
                _recurrent_gradient(first_h, h, dz, dtype),
                dbias,
                product(dz[0], transposed, dtype),
                dc,
            )

        return h, gradient

    return run(projected, recurrent_kernel, bias, *initial)


def _lstm_backward_loop(dh, gates, c_before, last_c, transposed_kernel, dtype):
    """Sends the gradient dh [T, B, H] of the outputs back in time.

    The kernel is transposed once, [4 H, H]: a small product that has to transpose its
    right side takes twice as long.

    Args:
      dh: [T, B, H].
      gates, c_before: TensorArrays of the forward loop, c_before of the states that
        the steps began with.
      last_c: [B, H] that the last step ended with.
      transposed_kernel: [4 H, H].
      dtype: operands of the products.

    Returns:
      dz [T, B, 4 H] in `dtype`, its sum over steps and batch, and the gradient [B, H]
      of c before the first step.
    """
    num_steps, num_gates = tf.shape(dh)[0], transposed_kernel.shape[0]
    dh_source = _unstack(dh)

    def step(t, dz, dc, c, dbias, saved):
        dh = dh_source.read(t) + product(dz, transposed_kernel, dtype)
        previous_c = c_before.read(t)
        dz, dc = _lstm_backward(dh, dc, gates.read(t), c, previous_c)
        dbias += tf.reduce_sum(dz, axis=0)
        dz = tf.cast(dz, dtype)
        return t - 1, dz, dc, previous_c, dbias, saved.write(t, dz)

    _, _, dc, _, dbias, saved = tf.while_loop(
        lambda t, *_: t >= 0,
        step,
        (
            num_steps - 1,
            tf.zeros([tf.shape(last_c)[0], num_gates], dtype),
            tf.zeros_like(last_c),
            last_c,
            tf.zeros([num_gates]),
            _array(num_steps, dtype),
        ),
        maximum_iterations=num_steps,
    )
    return saved.stack(), dbias, dc


def fast_window_lstm(
    projected,
    recurrent_kernel,
    bias,
    feedback_kernel,
    window_kernel,
    window_bias,
    text,
    text_mask,
    dtype: tf.DType = tf.float32,
):
    """The first layer of the synthesis network, from zero states.

    Args:
      projected: [T, B, 4 H] kernel times pen offset, in float32 or in `dtype`.
      recurrent_kernel: [H, 4 H].
      bias: [4 H].
      feedback_kernel: [V, 4 H] from the window of the previous step.
      window_kernel: [H, 3 K].
      window_bias: [3 K].
      text: [B, U, V] what the window reads: one-hot characters, or what an encoder
        made of them.
      text_mask: [B, U].
      dtype: operands of the LSTM's matrix products; the window is float32 always.

    Returns:
      h [T, B, H], window [T, B, V], kappa [T, B, K], phi [T, B, U]. Gradients flow
      through h and window, to the text as well.
    """
    num_units = recurrent_kernel.shape[0]
    num_components = window_bias.shape[0] // 3

    @tf.custom_gradient
    def run(
        projected,
        recurrent_kernel,
        bias,
        feedback_kernel,
        window_kernel,
        window_bias,
        text,
    ):
        num_steps, batch = tf.shape(projected)[0], tf.shape(projected)[1]
        kernel = tf.cast(tf.concat([recurrent_kernel, feedback_kernel], 0), dtype)
        source = _unstack(projected)

        def step(t, h, c, window, kappa, saved):
            fed_back = product(tf.concat([h, window], -1), kernel, dtype)
            c_before = c
            gates, c, h = _lstm_forward(_read(source, t) + fed_back + bias, c)
            logs = tf.matmul(h, window_kernel) + window_bias
            clipped = tf.clip_by_value(logs, MIN_WINDOW_LOG, MAX_WINDOW_LOG)
            alpha, beta, advance = tf.split(tf.exp(clipped), 3, axis=-1)
            kappa = kappa + advance
            phi = window_weights(alpha, beta, kappa, text_mask)
            window = tf.matmul(phi[:, None, :], text)[:, 0]
            saved = _write(saved, t, (gates, c_before, logs, h, kappa, window, phi))
            return t + 1, h, c, window, kappa, saved

        zeros = tf.zeros([batch, num_units])
        no_window = tf.zeros([batch, feedback_kernel.shape[0]])
        initial = (
            0,
            zeros,
            zeros,
            no_window,
            tf.zeros([batch, num_components]),
            _arrays(7, num_steps),
        )
        _, _, last_c, _, _, saved = tf.while_loop(
            lambda t, *_: t < num_steps, step, initial, maximum_iterations=num_steps
        )
        *for_gradient, hidden, kappas, windows, phis = saved
        h, kappa, window, phi = (a.stack() for a in (hidden, kappas, windows, phis))

        def gradient(dh, dwindow, dkappa, dphi):
            del dkappa, dphi  # for looking at, not for training
            dz, dbias, dlogs, dwindow = _window_backward_loop(
                dh, dwindow, (*for_gradient, kappas), last_c, window_kernel, text,
                text_mask, tf.transpose(kernel), dtype,
            )  # fmt: skip
            return (
                tf.cast(dz, projected.dtype),
                _recurrent_gradient(zeros, h, dz, dtype),
                dbias,
                _recurrent_gradient(no_window, window, dz, dtype),
                _weight_gradient(h, dlogs, tf.float32),
                tf.reduce_sum(dlogs, axis=[0, 1]),
                tf.einsum("tbu,tbv->buv", phi, dwindow),
            )

        return (h, window, kappa, phi), gradient

    return run(
        projected,
        recurrent_kernel,
        bias,
        feedback_kernel,
        window_kernel,
        window_bias,
        text,
    )


def _window_backward_loop(
    dh, dwindow, saved, last_c, window_kernel, text, text_mask, transposed_kernel, dtype
):
    """Gradients of the gates' inputs, the window's logarithms and the window itself.

    Args:
      dh, dwindow: [T, B, H], [T, B, V].
      saved: TensorArrays of the forward loop: gates, the states c that the steps began
        with, logarithms of the window's parameters, kappa.
      last_c: [B, H] that the last step ended with.
      window_kernel, text, text_mask: as fast_window_lstm.
      transposed_kernel: [4 H, H + V].
      dtype: operands of the LSTM's products.

    Returns:
      [T, B, 4 H] in `dtype` and its sum over steps and batch, [T, B, 3 K], and
      [T, B, V] with what the next step sends back.
    """
    num_steps, num_units = tf.shape(dh)[0], last_c.shape[-1]
    sources = [_unstack(dh), _unstack(dwindow), *saved]
    u = tf.range(tf.shape(text_mask)[1], dtype=tf.float32)

    def step(t, dz, dc, c, dkappa, dbias, written):
        dh, dwindow, gates, previous_c, logs, kappa = (s.read(t) for s in sources)
        carried = product(dz, transposed_kernel, dtype)  # [B, H + V]
        dwindow += carried[:, num_units:]
        dphi = tf.matmul(text, dwindow[:, :, None])[:, :, 0] * text_mask  # [B, U]

        clipped = tf.clip_by_value(logs, MIN_WINDOW_LOG, MAX_WINDOW_LOG)
        alpha, beta, advance = tf.split(tf.exp(clipped), 3, axis=-1)
        distance = kappa[:, :, None] - u  # [B, K, U]
        components = alpha[:, :, None] * tf.exp(-beta[:, :, None] * distance**2)
        weighted = dphi[:, None, :] * components
        moment = weighted * distance
        dlog_alpha = tf.reduce_sum(weighted, -1)
        dlog_beta = -beta * tf.reduce_sum(moment * distance, -1)
        dkappa -= 2.0 * beta * tf.reduce_sum(moment, -1)
        dlogs = tf.concat([dlog_alpha, dlog_beta, dkappa * advance], -1)
        dlogs = tf.where(tf.equal(logs, clipped), dlogs, 0.0)

        dh += carried[:, :num_units] + tf.matmul(dlogs, window_kernel, transpose_b=True)
        dz, dc = _lstm_backward(dh, dc, gates, c, previous_c)
        dbias += tf.reduce_sum(dz, axis=0)
        dz = tf.cast(dz, dtype)
        written = _write(written, t, (dz, dlogs, dwindow))
        return t - 1, dz, dc, previous_c, dkappa, dbias, written

    num_gates, batch = 4 * num_units, tf.shape(last_c)[0]
    initial = (
        num_steps - 1,
        tf.zeros([batch, num_gates], dtype),
        tf.zeros_like(last_c),
        last_c,
        tf.zeros([batch, window_kernel.shape[1] // 3]),
        tf.zeros([num_gates]),
        (_array(num_steps, dtype), *_arrays(2, num_steps)),
    )
    *_, dbias, written = tf.while_loop(
        lambda t, *_: t >= 0, step, initial, maximum_iterations=num_steps
    )
    dz, dlogs, dwindow = (array.stack() for array in written)
    return dz, dbias, dlogs, dwindow


def _lstm_forward(z, c):
    """Gates [B, 4 H] after their activations, new c and h."""
    z_i, z_f, z_g, z_o = tf.split(z, 4, axis=-1)
    i, f, g, o = tf.sigmoid(z_i), tf.sigmoid(z_f), tf.tanh(z_g), tf.sigmoid(z_o)
    c = f * c + i * g
    return tf.concat([i, f, g, o], -1), c, o * tf.tanh(c)


def _lstm_backward(dh, dc, gates, c, previous_c):
    """One step back: dz [B, 4 H] and the gradient of the previous c."""
    i, f, g, o = tf.split(gates, 4, axis=-1)
    tanh_c = tf.tanh(c)
    dc += dh * o * (1.0 - tf.square(tanh_c))
    dz = tf.concat(
        [
            dc * g * i * (1.0 - i),
            dc * previous_c * f * (1.0 - f),
            dc * i * (1.0 - tf.square(g)),
            dh * tanh_c * o * (1.0 - o),
        ],
        -1,
    )
    return dz, dc * f


def _weight_gradient(inputs, dz, dtype):
    """Sum over steps and batch of inputs^T dz, as one product: [N, 4 H]."""
    flat_inputs = tf.reshape(inputs, [-1, inputs.shape[-1]])
    flat_dz = tf.reshape(dz, [-1, dz.shape[-1]])
    return product(flat_inputs, flat_dz, dtype, transpose_a=True)


def _recurrent_gradient(first, outputs, dz, dtype):
    """As _weight_gradient, where a step's input was the output of the one before it."""
    gradient = _weight_gradient(outputs[:-1], dz[1:], dtype)
    return gradient + product(first, dz[0], dtype, transpose_a=True)


def _arrays(count: int, size):
    return tuple(_array(size, tf.float32) for _ in range(count))


def _array(size, dtype):
    return tf.TensorArray(dtype, size, clear_after_read=False)


def _unstack(sequence):
    return tf.TensorArray(sequence.dtype, tf.shape(sequence)[0]).unstack(sequence)


def _read(array, t):
    return tf.cast(array.read(t), tf.float32)


def _write(arrays, t, values):
    return tuple(a.write(t, value) for a, value in zip(arrays, values, strict=True))
