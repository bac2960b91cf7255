"""What all tables are a part of."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
