"""Where files are stored: an address such as `s3://bucket/folder`, and its keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Term, msg

SCHEMES = ("s3", "gs", "az")
PATIENCE = {"timeout": "60s", "connect_timeout": "5s"}  # for one request
RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


@value_object
class StoreAddress:
    """Anything not given is found like the provider's own tools do, for example from AWS_… in the environment."""

    url: str
    given_by: str = "FILES_URL"  # what people wrote it into
    endpoint: str | None = None  # of a server that speaks S3
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    credentials: Path | None = None  # a service account of Google

    def open(self) -> ObjectStore:
        """No request is made yet. Raises CannotStart for an invalid address."""
        scheme = self.url.partition("://")[0]
        if scheme not in SCHEMES or self.url.endswith("://"):
            none = msg(
                "{setting} {url} is not a file store. Use s3://bucket, gs://bucket or az://container.",
                setting=Term(self.given_by),
                url=Term(self.url),
            )
            raise CannotStart(none)
        try:
            return self._opened(scheme)
        except (BaseError, ValueError, OSError) as error:
            first = str(error).partition("\n")[0]
            unusable = msg(
                "{setting} {url} cannot be used: {fault}.",
                setting=Term(self.given_by),
                url=Term(self.url),
                fault=Foreign(first),
            )
            raise CannotStart(unusable) from None

    def _opened(self, scheme: str) -> ObjectStore:
        plain = scheme == "gs" or (self.endpoint or "").startswith("http://")
        client: Any = {**PATIENCE, "allow_http": plain}  # obstore defines these types for type checkers only
        options: Any = {"s3": self._s3, "gs": self._gs}.get(scheme, dict)()
        store: ObjectStore = from_url(self.url, config=options, client_options=client, retry_config=RETRIES)
        return store

    def _s3(self) -> dict[str, object]:
        given = {
            "endpoint": self.endpoint,
            "region": self.region or ("us-east-1" if self.endpoint else None),
            "access_key_id": self.access_key,
            "secret_access_key": self.secret_key,
            "virtual_hosted_style_request": False if self.endpoint else None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def _gs(self) -> dict[str, object]:
        return {"application_credentials": str(self.credentials)} if self.credentials else {}
