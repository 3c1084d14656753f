"""A Hugging Face hub of one model, on this machine."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"
LARGE = (".safetensors", ".bin", ".h5")


class StubHub:
    """Serves the files of a folder as the model `reference`.

    `files` are served and `listed` are listed, the same at first. `cut` names a file whose connection breaks off after
    half of it and stays broken, `stalled` one that stops there until `release` is set; `half_sent` is set then. `asked`
    holds all requests.
    """

    def __init__(self, folder: Path, reference: str) -> None:
        self.folder, self.reference = folder, reference
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.listed = dict(self.files)
        self.cut: str | None = None
        self.stalled: str | None = None
        self.half_sent, self.release = threading.Event(), threading.Event()
        self.asked: list[str] = []
        self.endpoint = ""
        self._began = False

    def bytes_of(self, name: str) -> int:
        """How often a file's content was asked for."""
        return sum(line.startswith("GET") and line.endswith(f"/{name}") for line in self.asked)

    def info(self) -> dict:
        siblings = []
        for name, data in sorted(self.listed.items()):
            entry = {"rfilename": name, "size": len(data), "blobId": blob_id(data)}
            if name.endswith(LARGE):
                entry["lfs"] = {"size": len(data), "sha256": sha256(data), "pointerSize": 134}
            siblings.append(entry)
        return {"id": self.reference, "modelId": self.reference, "sha": COMMIT, "siblings": siblings, "tags": []}

    def tree(self) -> list[dict]:
        entries = []
        for name, data in sorted(self.listed.items()):
            entry = {"type": "file", "path": name, "size": len(data), "oid": blob_id(data)}
            if name.endswith(LARGE):
                entry["lfs"] = {"oid": sha256(data), "size": len(data), "pointerSize": 134}
            entries.append(entry)
        return entries

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        self.asked.append(f"{request.command} {path}")
        assert "authorization" not in {key.lower() for key in request.headers}
        if path == f"/api/models/{self.reference}":
            return self._json(request, self.info())
        if path == f"/api/models/{self.reference}/tree/{COMMIT}":
            return self._json(request, self.tree())
        name = path.removeprefix(f"/{self.reference}/resolve/{COMMIT}/")
        if name not in self.files:
            return request.send_error(404)
        return self._file(request, name)

    def _json(self, request: BaseHTTPRequestHandler, value: object) -> None:
        body = json.dumps(value).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _file(self, request: BaseHTTPRequestHandler, name: str) -> None:
        data = self.files[name]
        broken = name == self.cut and request.command == "GET"
        if broken and self._began:
            request.send_error(503)
            return
        request.send_response(200)
        tag = sha256(self.listed[name]) if name.endswith(LARGE) else blob_id(self.listed[name])
        for key, value in (("ETag", f'"{tag}"'), ("X-Repo-Commit", COMMIT), ("Content-Length", str(len(data)))):
            request.send_header(key, value)
        request.end_headers()
        request.close_connection = True
        if request.command == "GET":
            self._send(request, name, data, broken)

    def _send(self, request: BaseHTTPRequestHandler, name: str, data: bytes, broken: bool) -> None:
        half = len(data) // 2
        request.wfile.write(data[:half])
        self._began |= broken
        if name == self.stalled:
            request.wfile.flush()
            self.half_sent.set()
            self.release.wait(30)
        elif not broken:
            request.wfile.write(data[half:])


@contextmanager
def running(hub: StubHub):
    """The hub at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hub.answer(self)

        def do_HEAD(self):
            hub.answer(self)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        try:
            yield hub
        finally:
            hub.release.set()
            server.shutdown()
            thread.join()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
