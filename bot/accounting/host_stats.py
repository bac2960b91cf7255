"""`python -m bot stats`: the results of all orders of the installation, for its host. Changes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.errors import CannotStart, KinoraError
from bot.domain.money.costs import CANCELLED, MADE, UNDECIDED, DateRange
from bot.domain.stats import ModelStats, VideoStats
from bot.domain.texts.cells import cell
from bot.domain.texts.times.dates import read_range
from bot.settings import Settings
from bot.wiring.paths import database_url
from storage.db.inspection import looked_at_current
from storage.reports.statistics import SqlStatReports

COLUMNS = ("model", "orders", "videos", "failed", "cancelled", "median_s", "p90_s", "average_usd")

STILL_ADDING = "Videos from before the last update are still being added up by the bot, so some may be missing."


async def host_stats(settings: Settings, since: str | None, form: str) -> str:
    """`form` is table, json or csv. Raises CannotStart."""
    days = _days(since)
    async with looked_at_current(database_url(settings)) as database:
        stats = await SqlStatReports(database=database).stats(None, days)
    return {"json": _as_json, "csv": _as_csv, "table": _as_table}[form](stats)


def _days(since: str | None) -> DateRange:
    if since is None:
        return DateRange()
    try:
        return read_range(since, None, datetime.now(UTC).date())
    except KinoraError as unclear:
        raise CannotStart(unclear.message) from None


def _rows(stats: VideoStats) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, _row(model), strict=True)) for model in stats.models]


def _row(model: ModelStats) -> Sequence[object]:
    other = {CANCELLED, MADE, UNDECIDED}
    average = model.average
    return (
        model.model,
        sum(model.outcomes.values()),
        model.videos,
        sum(count for outcome, count in model.outcomes.items() if outcome not in other),
        model.outcomes.get(CANCELLED, 0),
        None if model.times is None else round(model.times.median, 1),
        None if model.times is None else round(model.times.p90, 1),
        None if average is None else average.exact,
    )


def _as_json(stats: VideoStats) -> str:
    said: Mapping[str, Any] = {
        "since": _written(stats.days.first),
        "added_up": stats.added_up,
        "videos": stats.videos,
        "outcomes": stats.outcomes,
        "models": _rows(stats),
        "videos_by_day": stats.made,
        "orders_by_hour_utc": stats.hours,
    }
    return json.dumps(said, indent=2)


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _as_csv(stats: VideoStats) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(row | {"model": cell(row["model"])} for row in _rows(stats))
    return written.getvalue().rstrip("\n")


def _as_table(stats: VideoStats) -> str:
    rows = [["–" if cell is None else str(cell) for cell in row.values()] for row in _rows(stats)]
    cells = [list(COLUMNS), *rows]
    widths = [max(len(row[number]) for row in cells) for number in range(len(COLUMNS))]
    lines = [_line(row, widths) for row in cells]
    outcomes = ", ".join(f"{outcome} {count:,}" for outcome, count in stats.outcomes.items()) or "none"
    hours = ", ".join(f"{hour}:00" for hour in stats.busiest_hours) or "–"
    told = [f"outcomes: {outcomes}", f"busiest hours (UTC): {hours}"]
    return "\n".join([*lines, "", *told, *[STILL_ADDING] * (not stats.added_up)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Names are left-aligned, figures right-aligned."""
    name, *figures = cells
    padded = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *padded])
