"""What each error of the rooms is answered with over HTTP."""

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from scribe.foundation.errors import InputError, WorkFailed
from scribe.web import files, problems
from scribe.web.batching import Busy
from scribe.web.rates import TooOften
from scribe.web.tuning import Crowded

RETRY_AFTER_SECONDS = 5
RETRY_TUNING_SECONDS = 60


def answer_errors(app: FastAPI) -> None:
    """Every error is a problem with one sentence."""

    def problem(status: int, sentence: str, *errors: dict, **headers) -> Response:
        body = problems.problem(status, sentence, errors)
        return Response(body, status, headers, problems.MEDIA_TYPE)

    @app.exception_handler(InputError)
    async def wrong_input(_, error):
        return problem(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def wrong_message(_, error):
        found = error.errors()
        errors = [
            problems.field_error(each["loc"][1:], each["msg"])
            for each in found
            if each["type"] != "json_invalid"
        ]
        return problem(422, _sentence(found[0]), *errors)

    @app.exception_handler(Busy)
    async def busy(_, error):
        return problem(
            429,
            "too many lines wait to be written: try again in a few seconds",
            **{"Retry-After": str(RETRY_AFTER_SECONDS)},
        )

    @app.exception_handler(Crowded)
    async def crowded(_, error):
        return problem(
            429,
            "hands wait to be learnt, one of an address at a time: try again in a few "
            "minutes",
            **{"Retry-After": str(RETRY_TUNING_SECONDS)},
        )

    @app.exception_handler(TooOften)
    async def too_often(request, error):
        return problem(
            429,
            "you have asked for as many lines as one address may in a minute: try "
            f"again in {error.seconds} seconds",
            **{"Retry-After": str(error.seconds)},
        )

    @app.exception_handler(files.Unavailable)
    async def unavailable(_, error):
        return problem(501, str(error))

    @app.exception_handler(TimeoutError)
    async def too_slow(_, error):
        return problem(503, "there was not enough time: try again later")

    @app.exception_handler(WorkFailed)
    async def failed(_, error):
        return problem(503, str(error))

    @app.exception_handler(HTTPException)
    async def http_error(_, error):
        sentence = str(error.detail)
        if error.status_code == 400:  # FastAPI's, for what no JSON parser survives
            sentence = "the request is not JSON in UTF-8, or is nested too deeply"
        return problem(error.status_code, sentence, **(error.headers or {}))

    @app.exception_handler(Exception)
    async def fault_of_ours(_, error):
        return problem(500, "something broke here; the request was not at fault")


def _sentence(error: dict) -> str:
    """One of pydantic's errors: where it is, and what should be there."""
    if error["type"] == "json_invalid":
        position = error["loc"][-1]
        what = error.get("ctx", {}).get("error", "")
        return f"the request is not valid JSON: {what} at character {position}"
    place = ""
    for part in error["loc"][1:]:  # the first says "body"
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{place.lstrip('.') or 'the request'}: {error['msg']}"
