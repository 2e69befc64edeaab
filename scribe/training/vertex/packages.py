"""Google's client libraries: imported when needed, their errors as sentences."""

import contextlib
import importlib
import re
from collections.abc import Iterator

from scribe.foundation import installing
from scribe.foundation.errors import InputError, WorkFailed

LOGIN = "gcloud auth application-default login"


def module(name: str):
    """Imports one of Google's modules.

    Raises:
      InputError: the extra [vertex] is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("google"):
            raise
        needed = installing.sentence("google", "Google's client library")
        raise InputError(needed) from error


@contextlib.contextmanager
def sentences(what: str) -> Iterator[None]:
    """Turns what Google's libraries raise into one sentence that begins with `what`.

    Raises:
      InputError: credentials, access, a name or a value are wrong.
      WorkFailed: quota, network or the service itself.
    """
    core, auth = module("google.api_core.exceptions"), module("google.auth.exceptions")
    network = module("requests.exceptions").RequestException
    try:
        yield
    except auth.DefaultCredentialsError as error:
        raise InputError(f"{what}: there are no Google credentials: {LOGIN}") from error
    except auth.RefreshError as error:
        raise InputError(f"{what}: the credentials have expired: {LOGIN}") from error
    except (core.Forbidden, core.Unauthorized) as error:
        raise InputError(
            f"{what}: Google denies access ({_message(error)}); the account needs the "
            "roles, and the project the services, of docs/operate/VERTEX_AI_SETUP.md"
        ) from error
    except core.TooManyRequests as error:
        raise WorkFailed(
            f"{what}: the project's quota does not suffice ({_message(error)}); ask "
            "for more in the console under IAM > Quotas, or use another region or GPU"
        ) from error
    except core.NotFound as error:
        raise InputError(f"{what}: there is none ({_message(error)})") from error
    except core.ClientError as error:
        raise InputError(f"{what}: Google refuses it ({_message(error)})") from error
    except (core.GoogleAPIError, auth.GoogleAuthError, network) as error:
        raise WorkFailed(
            f"{what}: Google's service did not answer ({_message(error)}); try again"
        ) from error


def _message(error: Exception) -> str:
    text = str(getattr(error, "message", None) or error)
    text = re.sub(r"^[A-Z]+ https?://\S+ ", "", text)  # what was asked of whom
    return text.strip().splitlines()[0][:300] if text.strip() else repr(error)
