"""Copies all rows of a database to another one, with a progress bar."""

from __future__ import annotations

from tqdm import tqdm

from storage.db.copies import copy_rows, count_rows
from storage.db.database import Database


async def write_rows(source: Database, url: str) -> None:
    """In one transaction: all rows are replaced, or none. Raises CannotStart."""
    target = await Database.open(url)
    try:
        with tqdm(total=await count_rows(source), desc="database", unit="row", disable=None) as bar:
            await copy_rows(source, target, bar.update)
    finally:
        await target.close()
