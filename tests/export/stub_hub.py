"""A Hub that takes data sets, on this machine: it answers what an upload asks for and keeps what it was sent."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class StubHub:
    """`made` holds the bodies of requests for a new data set, `files` the committed ones; `refuse` is a status code."""

    def __init__(self):
        self.endpoint = ""
        self.made = []
        self.files = {}
        self.tokens = set()
        self.checked = []
        self.refuse = None

    def answer(self, path, body):
        if path == "/api/repos/create":
            self.made.append(json.loads(body))
            return {"url": f"{self.endpoint}/datasets/jane/news", "name": "jane/news"}
        if path == "/api/validate-yaml":
            self.checked.append(json.loads(body))
            return {"errors": [], "warnings": []}
        if path.endswith("/preupload/main"):
            files = [
                {"path": item["path"], "uploadMode": "regular", "shouldIgnore": False}
                for item in json.loads(body)["files"]
            ]
            return {"files": files}
        if path.endswith("/commit/main"):
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            return {"commitUrl": f"{self.endpoint}/datasets/jane/news/commit/abc", "commitOid": "abc", "success": True}
        return {"id": "jane/news", "sha": "abc", "siblings": [], "private": True}


@contextmanager
def stub_hub():
    hub = StubHub()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            hub.tokens.add(self.headers.get("authorization"))
            answer = hub.answer(urlsplit(self.path).path, body) if hub.refuse is None else {"error": "go away"}
            data = json.dumps(answer).encode()
            self.send_response(hub.refuse or 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _reply  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
