"""The job service of Vertex AI."""

import json

from scribe.foundation.errors import InputError
from scribe.training.vertex.packages import LOGIN, module, sentences

_SECONDS = 60.0
FINISHED = {"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"}


def checked(job: dict) -> str:
    """The job as JSON, with every name and type checked against the API's definition.

    Raises:
      InputError: the API has no such field or value.
    """
    custom_job = module("google.cloud.aiplatform_v1.types").CustomJob
    parse_error = module("google.protobuf.json_format").ParseError
    try:
        message = custom_job.from_json(json.dumps(job))
    except parse_error as error:
        raise InputError(f"Vertex AI knows no such job: {error}") from error
    return custom_job.to_json(
        message,
        use_integers_for_enums=False,
        always_print_fields_with_no_presence=False,
    )


def default_project() -> str:
    """The project of the credentials on this machine.

    Raises:
      InputError: there are no credentials, or they belong to no project.
    """
    with sentences("Vertex AI"):
        _, project = module("google.auth").default()
    if not project:
        raise InputError(
            "no project: give --project, or choose one with gcloud config set project "
            f"and {LOGIN}"
        )
    return project


class JobService:
    """Custom jobs of one project in one region."""

    def __init__(self, project: str, region: str):
        self.project, self.region = project, region
        client = module("google.cloud.aiplatform_v1.services.job_service")
        self._custom_job = module("google.cloud.aiplatform_v1.types").CustomJob
        self._not_found = module("google.api_core.exceptions").NotFound
        with sentences("Vertex AI"):
            self._client = client.JobServiceClient(
                transport="rest", client_options={"api_endpoint": endpoint(region)}
            )

    def submit(self, job: dict) -> str:
        """Starts a job; returns its resource name."""
        with sentences(f"the job in {self.project}, {self.region}"):
            created = self._client.create_custom_job(
                parent=f"projects/{self.project}/locations/{self.region}",
                custom_job=self._custom_job.from_json(json.dumps(job)),
                timeout=_SECONDS,
            )
        return created.name

    def state(self, name: str) -> tuple[str, str] | None:
        """State of a job without its prefix, and its error; None if there is no job."""
        with sentences(f"the job {name}"):
            try:
                job = self._client.get_custom_job(name=name, timeout=_SECONDS)
            except self._not_found:
                return None
        return job.state.name.removeprefix("JOB_STATE_"), job.error.message


def endpoint(region: str) -> str:
    return f"{region}-aiplatform.googleapis.com"


def console_page(name: str) -> str:
    """Where the job's own log can be read, from its resource name."""
    _, project, _, region, _, job = name.split("/")
    return (
        "https://console.cloud.google.com/vertex-ai/locations/"
        f"{region}/training/{job}?project={project}"
    )
