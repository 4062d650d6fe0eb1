"""A peer's local API from Python, with nothing but the standard library.

    python3 examples/python/grapevine.py set shop/banner '"Sale!"'
    python3 examples/python/grapevine.py get shop/banner
    python3 examples/python/grapevine.py wait shop/banner     # until it changes, with a blocking query
    python3 examples/python/grapevine.py watch shop/          # all changes, as server-sent events

Or as a module:

    from grapevine import Grapevine
    mesh = Grapevine('.grapevine/api.sock')
    mesh.set('shop/banner', 'Sale!', message='Black Friday')
    print(mesh.get('shop/banner').value)

The socket is that of a running peer: of `grapevine up`, or of a service that called `serveApi`.
"""

import argparse
import base64
import http.client
import json
import os
import socket
import sys
from typing import Any, Iterator, NamedTuple, Optional, Tuple
from urllib.parse import quote, urlencode


class Entry(NamedTuple):
    value: Any
    version: Optional[str]  # hand it back as `if_version`; None: the key has no value
    index: str  # hand it back to `wait`


class Refused(Exception):
    """What the peer did not do, with its code: the same as in the library, see the README."""

    def __init__(self, status: int, problem: dict):
        super().__init__(problem.get("detail", "no reason given"))
        self.status = status
        self.code = problem.get("code")


class UnixConnection(http.client.HTTPConnection):
    """HTTP through a UNIX socket: the file system says who may open it, so there is no token."""

    def __init__(self, path: str, timeout: Optional[float]):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Grapevine:
    def __init__(self, path: str, timeout: float = 30):
        self._path = path
        self._timeout = timeout

    def get(self, key: str) -> Entry:
        return self._entry(key, {})

    def wait(self, key: str, index: str, seconds: int = 60) -> Entry:
        """A blocking query: answers once the key has moved since `index`, or when the time is over."""
        return self._entry(key, {"index": index, "wait": f"{seconds}s"}, timeout=seconds + self._timeout)

    def set(
        self,
        key: str,
        value: Any,
        if_version: Optional[str] = None,
        message: Optional[str] = None,
    ) -> dict:
        """Answers the release once it is durable at this peer."""
        headers = {"Content-Type": "application/json"}
        if if_version is not None:
            headers["If-Match"] = f'"{if_version}"'
        query = {} if message is None else {"message": message}
        body = json.dumps(_marked(value)).encode()
        _, text = self._ask("PUT", _path_of(key, query), body, headers)
        return json.loads(text)

    def watch(self, prefix: str = "", since: Optional[str] = None) -> Iterator[Tuple[str, str, list]]:
        """Yields (event, index, changes): `state` first, then each `change`. Begin again at `since`."""
        headers = {"Accept": "text/event-stream"}
        if since is not None:
            headers["Last-Event-ID"] = since
        # The peer says every 15 s that it is there.
        connection = UnixConnection(self._path, 60)
        try:
            connection.request("GET", f"/v1/watch?{urlencode({'prefix': prefix})}", headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                raise _refused(response.status, response.read())
            fields = {}
            for line in response:
                text = line.decode().rstrip("\r\n")
                name, _, content = text.partition(":")
                if text == "" and "data" in fields:
                    changes = _unmarked(json.loads(fields["data"]))["changes"]
                    yield fields.get("event", "message"), fields.get("id", ""), changes
                if text == "":
                    fields = {}
                elif name != "":
                    fields[name] = content[1:] if content.startswith(" ") else content
        finally:
            connection.close()

    def _entry(self, key: str, query: dict, timeout: Optional[float] = None) -> Entry:
        try:
            headers, text = self._ask("GET", _path_of(key, query), timeout=timeout)
        except Refused as refused:
            if refused.code != "NOT_FOUND":
                raise
            return Entry(None, None, refused.index)
        entry = _unmarked(json.loads(text))
        return Entry(entry["value"], entry["version"], headers["Grapevine-Index"])

    def _ask(self, method, path, body=None, headers=None, timeout=None):
        connection = UnixConnection(self._path, timeout or self._timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            text = response.read()
            if response.status >= 400:
                refused = _refused(response.status, text)
                refused.index = response.headers.get("Grapevine-Index")
                raise refused
            return response.headers, text
        finally:
            connection.close()


def _path_of(key: str, query: dict) -> str:
    # The slashes of a key are those of the path.
    return f"/v1/keys/{quote(key, safe='/')}" + (f"?{urlencode(query)}" if query else "")


def _refused(status: int, text: bytes) -> Refused:
    try:
        return Refused(status, json.loads(text))
    except ValueError:
        return Refused(status, {})


def _marked(value: Any) -> Any:
    """Bytes have no form of their own in JSON."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _marked(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(item) for item in value]
    return value


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        return {name: _unmarked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description="Configuration of a mesh, through its local peer.")
    parser.add_argument("--socket", default=os.environ.get("GRAPEVINE_SOCKET", ".grapevine/api.sock"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    get = verbs.add_parser("get", help="print a value as JSON")
    get.add_argument("key")
    put = verbs.add_parser("set", help="write a value, given as JSON")
    put.add_argument("key")
    put.add_argument("value")
    put.add_argument("--if-version", help="only while the key is at this version")
    put.add_argument("--message", help="why, for history")
    wait = verbs.add_parser("wait", help="print a value once it has changed")
    wait.add_argument("key")
    wait.add_argument("--index", help="as `get` printed it to stderr; the default is now")
    wait.add_argument("--seconds", type=int, default=60)
    watch = verbs.add_parser("watch", help="print what is there, then each change")
    watch.add_argument("prefix", nargs="?", default="")
    asked = parser.parse_args()
    mesh = Grapevine(asked.socket)
    try:
        return run(mesh, asked)
    except Refused as refused:
        print(f"{refused.code}: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"no peer answers at {asked.socket}: {error}", file=sys.stderr)
        return 1


def run(mesh: Grapevine, asked: argparse.Namespace) -> int:
    if asked.verb == "set":
        release = mesh.set(asked.key, json.loads(asked.value), asked.if_version, asked.message)
        print(release["name"])
        return 0
    if asked.verb == "watch":
        for event, _, changes in mesh.watch(asked.prefix):
            for change in changes:
                # A key without a value is one that was removed.
                shown = json.dumps(_marked(change.get("value")))
                print(f"{event} {change['key']} {shown}", flush=True)
        return 0
    if asked.verb == "wait":
        entry = mesh.wait(asked.key, asked.index or mesh.get(asked.key).index, asked.seconds)
    else:
        entry = mesh.get(asked.key)
    if entry.version is None:
        print(f"{asked.key} has no value", file=sys.stderr)
        return 1
    print(json.dumps(_marked(entry.value)))
    print(f"version {entry.version}, index {entry.index}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
