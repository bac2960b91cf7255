"""A simulated Google Cloud Storage: the part of its XML API that obstore uses, as strict as documented.

Existing emulators know only the JSON API, and refuse obstore's uploads.

https://cloud.google.com/storage/docs/xml-api/overview
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from aiohttp import web

from tests.servers import an_http_server

BUCKET = "kinora-videos"
LEAST_PART = 5 * 1024 * 1024  # bytes of each part except the last
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"  # Google's answers use it as well
PART_OF_IT = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class Stored:
    content: bytes
    at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'

    @property
    def headers(self) -> Mapping[str, str]:
        return {"ETag": self.etag, "Last-Modified": format_datetime(self.at, usegmt=True)}


@dataclass
class GoogleStore:
    """One bucket. `refuses`: its keys have no permissions any more."""

    objects: dict[str, Stored] = field(default_factory=dict)
    uploads: dict[str, dict[int, Stored]] = field(default_factory=dict)  # parts of unfinished uploads, by id
    finished: int = 0  # uploads in parts
    refuses: bool = False
    port: int = 0

    @property
    def environment(self) -> Mapping[str, str]:
        """With a service account that points here, where Google's own tools look for it."""
        account = {
            "gcs_base_url": f"http://127.0.0.1:{self.port}",
            "disable_oauth": True,
            **dict.fromkeys(("client_email", "private_key", "private_key_id"), ""),
        }
        return {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(account)}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        bucket, _, key = request.path.removeprefix("/").partition("/")
        if self.refuses:
            return _fault(403, "AccessDenied")
        if bucket != BUCKET:
            return _fault(404, "NoSuchBucket")
        if not key:
            return self._list(request.query)
        match request.method:
            case "GET" | "HEAD":
                return self._read(key, request)
            case "PUT":
                return self._write(key, request.query, await request.read())
            case "POST":
                return self._upload(key, request.query, await request.read())
            case _:
                return self._remove(key, request.query)

    def _list(self, query: Mapping[str, str]) -> web.Response:
        if query.get("list-type") != "2":
            return _fault(400, "InvalidArgument")
        found = Element("ListBucketResult", xmlns=NAMESPACE)
        for key, stored in sorted(self.objects.items()):
            if key.startswith(query.get("prefix", "")):
                contents = SubElement(found, "Contents")
                said = {"Key": key, "Size": str(len(stored.content)), "ETag": stored.etag}
                for name, text in {**said, "LastModified": stored.at.isoformat()}.items():
                    SubElement(contents, name).text = text
        return _xml(found)

    def _read(self, key: str, request: web.Request) -> web.Response:
        stored = self.objects.get(key)
        if stored is None:
            return _fault(404, "NoSuchKey")
        wanted = PART_OF_IT.fullmatch(request.headers.get("Range", ""))
        if wanted is None:
            return web.Response(body=stored.content, headers=stored.headers)
        size, start = len(stored.content), int(wanted[1])
        stop = min(size, int(wanted[2]) + 1) if wanted[2] else size
        headers = {**stored.headers, "Content-Range": f"bytes {start}-{stop - 1}/{size}"}
        return web.Response(status=206, body=stored.content[start:stop], headers=headers)

    def _write(self, key: str, query: Mapping[str, str], content: bytes) -> web.Response:
        stored = Stored(content, datetime.now(UTC))
        if "uploadId" not in query:
            self.objects[key] = stored
        elif (parts := self.uploads.get(query["uploadId"])) is None:
            return _fault(404, "NoSuchUpload")
        else:
            parts[int(query["partNumber"])] = stored
        return web.Response(headers=stored.headers)

    def _upload(self, key: str, query: Mapping[str, str], body: bytes) -> web.Response:
        """Start a multipart upload, or complete one."""
        if "uploads" in query:
            begun = Element("InitiateMultipartUploadResult", xmlns=NAMESPACE)
            self.uploads[upload_id := secrets.token_hex(8)] = {}
            for name, text in {"Bucket": BUCKET, "Key": key, "UploadId": upload_id}.items():
                SubElement(begun, name).text = text
            return _xml(begun)
        parts = self.uploads.get(query.get("uploadId", ""))
        if parts is None:
            return _fault(404, "NoSuchUpload")
        given = [(int(_text(part, "PartNumber")), _text(part, "ETag")) for part in fromstring(body) if len(part)]  # noqa: S314 (ours)
        if given != [(number, part.etag) for number, part in sorted(parts.items())]:
            return _fault(400, "InvalidPart")
        pieces = [part.content for _, part in sorted(parts.items())]
        if any(len(piece) < LEAST_PART for piece in pieces[:-1]):
            return _fault(400, "EntityTooSmall")
        del self.uploads[query["uploadId"]]
        self.objects[key] = stored = Stored(b"".join(pieces), datetime.now(UTC))
        self.finished += 1
        done = Element("CompleteMultipartUploadResult", xmlns=NAMESPACE)
        for name, text in {"Bucket": BUCKET, "Key": key, "ETag": stored.etag}.items():
            SubElement(done, name).text = text
        return _xml(done)

    def _remove(self, key: str, query: Mapping[str, str]) -> web.Response:
        upload = query.get("uploadId")
        gone = self.objects.pop(key, None) if upload is None else self.uploads.pop(upload, None)
        return (
            _fault(404, "NoSuchKey" if upload is None else "NoSuchUpload") if gone is None else web.Response(status=204)
        )


def _text(part: Element, name: str) -> str:
    return next(each.text or "" for each in part if each.tag.rpartition("}")[2] == name)


def _xml(root: Element, status: int = 200) -> web.Response:
    return web.Response(status=status, body=tostring(root, "utf-8"), content_type="application/xml")


def _fault(status: int, code: str) -> web.Response:
    error = Element("Error")
    SubElement(error, "Code").text = code
    return _xml(error, status)


@asynccontextmanager
async def google_store() -> AsyncIterator[GoogleStore]:
    store, whole = GoogleStore(), web.Application(client_max_size=2**30)
    whole.router.add_route("*", "/{path:.*}", store.answer)
    async with an_http_server(whole) as store.port:
        yield store
