"""Who wrote which form of IAM-OnDB.

The corpus as distributed does not say. But each of its writers wrote eight forms in a
row, one from each of eight kinds of text, which the first letter of a form's name
tells; and the forms whose names end in "z", nine of ten, bear the time of one clock.
So the forms in the order of that clock fall into sessions of one writer each: a session
ends before a long pause, and before a form of a kind that it has already. Of the 199
sessions so found 174 have eight forms, and none has forms of two official splits.
"""

import math
from collections.abc import Mapping

# The clock of the other forms began anew with each writer.
_WITH_ABSOLUTE_TIME = "z"
FORMS_PER_WRITER = 8
# Within sessions of eight forms 99.9 % of the pauses take less than 360 s.
MAX_PAUSE_SECONDS = 600.0
# In the smaller validation set forms are missing, and a pause where one was written is
# as long as that before the next writer. The numbers of the texts decide, since each
# writer was given the next ones of every kind.
_FIRST_FORMS = frozenset({"g04-116z", "g06-172z"})


def writers_of(times: Mapping[str, tuple[float, float]]) -> dict[str, str]:
    """Parts forms into writers.

    Args:
      times: when each form, by its name, was begun and ended, in seconds.

    Returns:
      the first form of his session, which stands for the writer, by form; forms without
      an absolute time are left out.
    """
    known = {
        form: (begin, end)
        for form, (begin, end) in times.items()
        if form.endswith(_WITH_ABSOLUTE_TIME) and math.isfinite(begin + end)
    }
    order = sorted(known, key=lambda form: known[form])
    sessions: list[list[str]] = []
    for form in order:
        if (
            not sessions
            or form in _FIRST_FORMS
            or _pause(known, sessions[-1][-1], form) > MAX_PAUSE_SECONDS
        ):
            sessions.append([])
        session = sessions[-1]
        session.append(form)
        again = [i for i, other in enumerate(session[:-1]) if other[0] == form[0]]
        if again or len(session) > FORMS_PER_WRITER:
            cut = _cut(known, session, again)
            sessions[-1:] = [session[:cut], session[cut:]]
    return {form: session[0] for session in sessions for form in session}


def _cut(times, session: list[str], again: list[int]) -> int:
    """Where a session's last form makes it two: the first form of the second.

    Behind the eighth form. If there are fewer, some are missing in the corpus, and the
    longest pause parts the two writers; behind the forms of the last one's kind (the
    numbers `again`) if there are any.
    """
    if again and len(session) > FORMS_PER_WRITER:
        return len(session) - 1
    places = range(1 + max(again, default=0), len(session))
    return max(places, key=lambda i: _pause(times, session[i - 1], session[i]))


def _pause(times, before: str, after: str) -> float:
    return times[after][0] - times[before][1]
