"""The exceptions that command lines turn into one sentence and a status."""


class InputError(ValueError):
    """Wrong input: one sentence with the value and what would be right.

    Library code raises it at the first moment the mistake can be known; the command
    lines print the sentence and end with status 2, without a traceback.
    """


class WorkFailed(RuntimeError):
    """The input was right but the work could not be finished: status 1.

    A loss that is not finite, a disk that is full, a text that no attempt completed.
    The message says what was kept.
    """


class Interrupted(Exception):
    """Long work that a signal stopped, after it saved its state: status 128 + signal.

    The message says how to go on.
    """

    def __init__(self, signal_number: int, message: str):
        super().__init__(message)
        self.status = 128 + signal_number
