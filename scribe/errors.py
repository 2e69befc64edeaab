"""The one exception that means "what you gave us is wrong"."""


class InputError(ValueError):
    """Wrong input: one sentence with the value and what would be right.

    Library code raises it at the first moment the mistake can be known; the command
    lines print the sentence and end with status 2, without a traceback.
    """
