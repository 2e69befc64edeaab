"""A small imitation of Cloud Storage's and Vertex AI's REST APIs on this machine.

It answers what google-cloud-storage and google-cloud-aiplatform ask for when files are
sent, listed and fetched, and when jobs are made and looked at. The real client
libraries talk to it over HTTP.
"""

import base64
import contextlib
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scribe.training.vertex import service
from scribe.training.vertex.packages import module

BUCKET = "ada-bucket"
PROJECT = "ada-project"


class GoogleCloud:
    """What the imitation holds; tests look at it and change it.

    Attributes:
      objects: bytes by name, all in one bucket.
      jobs: custom jobs by resource name, as the API shows them.
      failure: an HTTP status and message with which the next jobs are refused.
      damage: names of objects whose bytes are garbled on their way.
    """

    def __init__(self, checksum):
        self.checksum = checksum
        self.objects: dict[str, bytes] = {}
        self.jobs: dict[str, dict] = {}
        self.failure: tuple[int, str] | None = None
        self.damage: set[str] = set()
        self.generation: dict[str, int] = {}
        self.sessions: dict[str, str] = {}
        self.uploads: list[str] = []

    def put(self, name: str, data: bytes) -> dict:
        self.objects[name] = data
        self.generation[name] = self.generation.get(name, 0) + 1
        self.uploads.append(name)
        return self.metadata(name)

    def metadata(self, name: str) -> dict:
        data = self.objects[name]
        return {
            "kind": "storage#object",
            "name": name,
            "bucket": BUCKET,
            "size": str(len(data)),
            "crc32c": self.checksum(data),
            "generation": str(self.generation[name]),
            "metageneration": "1",
        }


@contextlib.contextmanager
def running() -> Iterator[tuple[GoogleCloud, str]]:
    """Serves an empty imitation; gives it and its address."""
    crc32c = module("google_crc32c").Checksum

    def checksum(data: bytes) -> str:
        return base64.b64encode(crc32c(data).digest()).decode()

    cloud = GoogleCloud(checksum)
    handler = type("Handler", (_Handler,), {"cloud": cloud})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield cloud, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    cloud: GoogleCloud
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path, query = self._address()
        if match := re.fullmatch(r"/storage/v1/b/([^/]+)/o", path):
            return self._list(match[1], query)
        if match := re.fullmatch(r"(/download)?/storage/v1/b/([^/]+)/o/(.+)", path):
            name = urllib.parse.unquote(match[3])
            if match[2] != BUCKET or name not in self.cloud.objects:
                return self._refuse(404, f"No such object: {match[2]}/{name}")
            if match[1] or query.get("alt") == "media":
                return self._media(name)
            return self._answer(self.cloud.metadata(name))
        name = path.removeprefix("/v1/")
        if name in self.cloud.jobs:
            return self._answer(self.cloud.jobs[name])
        return self._refuse(404, f"{name} is not found")

    def do_POST(self):
        path, query = self._address()
        body = self._body()
        if match := re.fullmatch(
            r"/(?:upload|resumable/upload)/storage/v1/b/([^/]+)/o", path
        ):
            return self._upload(match[1], query, body)
        if match := re.fullmatch(
            r"/v1/(projects/[^/]+/locations/[^/]+)/customJobs", path
        ):
            return self._create_job(match[1], json.loads(body))
        return self._refuse(404, path)

    def do_PUT(self):  # the second half of a resumable upload
        _, query = self._address()
        name = self.cloud.sessions[query["upload_id"]]
        return self._answer(self.cloud.put(name, self._body()))

    def _address(self):
        address = urllib.parse.urlsplit(self.path)
        return address.path, dict(urllib.parse.parse_qsl(address.query))

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _list(self, bucket, query):
        if bucket != BUCKET:
            return self._refuse(404, "The specified bucket does not exist.")
        names = sorted(n for n in self.cloud.objects if n.startswith(query["prefix"]))
        # Two a page, so that clients have to ask again.
        start = int(query.get("pageToken", 0))
        answer = {"kind": "storage#objects"}
        answer["items"] = [self.cloud.metadata(n) for n in names[start : start + 2]]
        if len(names) > start + 2:
            answer["nextPageToken"] = str(start + 2)
        return self._answer(answer)

    def _media(self, name):
        data = self.cloud.objects[name]
        checksum = self.cloud.checksum(data)
        if name in self.cloud.damage:
            data = bytes([data[0] ^ 1]) + data[1:]
        status, headers = 200, {"X-Goog-Hash": f"crc32c={checksum}"}
        if match := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            start = int(match[1])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            status, data = 206, data[start:]
        self._send(status, data, "application/octet-stream", headers)

    def _upload(self, bucket, query, body):
        if bucket != BUCKET:
            return self._refuse(404, "The specified bucket does not exist.")
        if query["uploadType"] == "resumable":
            session = str(len(self.cloud.sessions))
            self.cloud.sessions[session] = json.loads(body)["name"]
            host = self.headers["Host"]
            place = f"http://{host}/upload/storage/v1/b/{bucket}/o?upload_id={session}"
            return self._send(200, b"", "text/plain", {"Location": place})
        boundary = re.search(r'boundary="?([^"]+?)"?$', self.headers["Content-Type"])[1]
        _, metadata, media, _ = body.split(f"--{boundary}".encode())
        described = json.loads(metadata.split(b"\r\n\r\n", 1)[1])
        data = media.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        return self._answer(self.cloud.put(described["name"], data))

    def _create_job(self, parent, job):
        if self.cloud.failure:
            return self._refuse(*self.cloud.failure)
        name = f"{parent}/customJobs/{len(self.cloud.jobs) + 1}"
        job = json.loads(service.checked(job))  # with names in place of enum's numbers
        self.cloud.jobs[name] = job | {"name": name, "state": "JOB_STATE_PENDING"}
        return self._answer(self.cloud.jobs[name])

    def _refuse(self, status, message):
        self._answer({"error": {"code": status, "message": message}}, status)

    def _answer(self, content, status=200):
        self._send(status, json.dumps(content).encode(), "application/json", {})

    def _send(self, status, data, kind, headers):
        self.send_response(status)
        headers = headers | {"Content-Type": kind, "Content-Length": str(len(data))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
