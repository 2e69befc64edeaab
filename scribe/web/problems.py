"""Errors as RFC 9457 has them: application/problem+json with one sentence in `detail`.

`type` is "about:blank", as the RFC (section 4.2.1) asks where the status says what kind
of problem it is; `title` is the status's own phrase then.
"""

import http
import json
from collections.abc import Sequence

MEDIA_TYPE = "application/problem+json"


def problem(status: int, sentence: str, errors: Sequence[dict] = ()) -> bytes:
    """A problem document.

    Args:
      status: of HTTP.
      sentence: what is wrong and what would be right.
      errors: what is wrong with each field, as `field_error` makes it; if there are
        several, the sentence is about the first.
    """
    content = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    if errors:
        content["errors"] = list(errors)
    return json.dumps(content).encode()


def field_error(location: Sequence[str | int], message: str) -> dict[str, str]:
    """What is wrong with a field of a body, under its JSON Pointer (RFC 6901)."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return {"pointer": "#" + "".join(f"/{part}" for part in parts), "detail": message}


def describe(openapi: dict) -> dict:
    """An OpenAPI description whose errors have the media type of problems."""
    for methods in openapi["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
    return openapi
