"""What `python -m bot reconcile` prints, as a table or as CSV, and its exit code."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from tqdm import tqdm

from bot.accounting.comparison import AccountReport, Comparison, Difference, DifferenceKind
from bot.data_classes import value_object
from bot.domain.errors import CannotStart, KinoraError
from bot.domain.ids import JobId, shown
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Provider
from bot.domain.texts.cells import cell
from bot.domain.texts.files import on_one_line
from bot.domain.texts.times.dates import read_range
from bot.providers.catalogue.load import load_catalogue
from bot.settings import Settings
from bot.wiring.paths import database_url
from bot.wiring.providers import open_providers
from storage.db.inspection import looked_at_current
from storage.jobs.provider_orders import SqlProviderOrders

AGREED, DIFFERS = 0, 1  # exit codes
BACK = timedelta(days=7)
NO_FAULT = frozenset({DifferenceKind.GONE_THERE})  # services delete videos; that alone is no sign of lost money
COLUMNS = ("account", "kind", "video", "id there", "ordered (UTC)", "ledger", "service")
EXPLAINED = ("explanation",)
MISSING = "–"


@value_object
class ReconcileQuery:
    account: str | None = None  # all of them
    since: str | None = None  # a day, as people write it
    as_csv: bool = False


async def reconcile(settings: Settings, wanted: ReconcileQuery) -> tuple[int, Sequence[str]]:
    """The exit code and what to print. Raises CannotStart."""
    since = _since(wanted.since)
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(looked_at_current(database_url(settings)))
        providers = _chosen(open_providers(settings, opened), wanted.account)
        ours = SqlProviderOrders(database=database)
        hosts = {each.name: each.host for each in providers}
        cards = load_catalogue(settings.models_file, hosts, datetime.now(UTC).date()).cards.values()
        reports = [
            await _compared(Comparison(provider=each, ours=ours, since=since, cards=cards)) for each in providers
        ]
    return exit_code(reports), written(reports, as_csv=wanted.as_csv)


def _since(day: str | None) -> datetime:
    now = datetime.now(UTC)
    if day is None:
        return now - BACK
    try:
        first = read_range(day, None, now.date()).first
    except KinoraError as unclear:
        raise CannotStart(unclear.message) from None
    if first is None:
        raise CannotStart(f"--since {day} is no day. Write it like 2026-11-03 or yesterday.")
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def _chosen(providers: Mapping[str, Provider], account: str | None) -> Sequence[Provider]:
    if account is None:
        return list(providers.values())
    if account not in providers:
        raise CannotStart(f"There is no account {account!r}. Set up: {', '.join(sorted(providers))}.")
    return [providers[account]]


async def _compared(comparison: Comparison) -> AccountReport:
    report = AccountReport(account=comparison.provider.name, since=comparison.since)
    with tqdm(desc=report.account, unit="order", disable=None) as bar:
        async for _ in comparison.run(report):
            bar.total = report.orders
            bar.update()
    return report


def written(reports: Sequence[AccountReport], *, as_csv: bool = False) -> Sequence[str]:
    return _csv(reports) if as_csv else _told(reports)


def exit_code(reports: Iterable[AccountReport]) -> int:
    serious = any(each.kind not in NO_FAULT for report in reports for each in report.differences)
    return DIFFERS if serious or any(report.trouble for report in reports) else AGREED


def _csv(reports: Sequence[AccountReport]) -> Sequence[str]:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*COLUMNS, *EXPLAINED])
    table.writerows(_row(each) for report in reports for each in report.differences)
    return [written.getvalue().rstrip("\n")]


def _row(found: Difference) -> Sequence[str]:
    """Amounts as plain numbers, empty if unknown, and no text of a service that runs as a formula in a spreadsheet."""
    names = ["" if cell == MISSING else cell for cell in _cells(found)[:5]]
    return [
        *map(cell, names),
        *map(_figure, (found.here, found.there)),
        found.words,
    ]


def _figure(amount: Usd | None) -> str:
    return "" if amount is None else str(amount).replace("$", "").replace(",", "")


def _told(reports: Sequence[AccountReport]) -> Sequence[str]:
    differences = [each for report in reports for each in report.differences]
    return [*(line for report in reports for line in _summary(report)), *_table(differences), *_explained(differences)]


def _summary(report: AccountReport) -> Sequence[str]:
    if report.trouble is not None:
        return [f"✗ {report.account}: {on_one_line(report.trouble)}"]
    serious = [each for each in report.differences if each.kind not in NO_FAULT]
    money = f"{report.compared:,} with a reported cost: ledger {report.here}, service {report.there}"
    orders = f"{report.orders:,} order{'s' * (report.orders != 1)} since {report.since:%Y-%m-%d %H:%M} UTC"
    lines = [f"{'✗' if serious else '✓'} {report.account}: {orders}, {money}"]
    if not report.listed:
        lines.append("  The service has no list, so what was made there without an order here can't be found.")
    if report.orders and not report.compared:
        lines.append("  The service reports no costs, so amounts can't be compared. Its own bill has them.")
    return lines


def _table(differences: Sequence[Difference]) -> Sequence[str]:
    if not differences:
        return []
    rows = [COLUMNS, *map(_cells, differences)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(COLUMNS))]
    return [
        "",
        *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows),
    ]


def _explained(differences: Sequence[Difference]) -> Sequence[str]:
    """Each explanation once, with the number of its differences, as they repeat themselves."""
    by_words: dict[tuple[DifferenceKind, str], int] = {}
    for each in differences:
        by_words[each.kind, each.words] = by_words.get((each.kind, each.words), 0) + 1
    lines = [f"{kind} ({count:,}): {on_one_line(words)}" for (kind, words), count in by_words.items()]
    return ["", *lines] if lines else []


def _cells(found: Difference) -> tuple[str, ...]:
    video = MISSING if found.video is None else shown(JobId(found.video))
    at = f"{found.ordered_at:%Y-%m-%d %H:%M}"
    return (
        *(found.account, str(found.kind), video, on_one_line(found.remote_id or MISSING), at),
        *(_amount(found.here), _amount(found.there)),
    )


def _amount(amount: Usd | None) -> str:
    return MISSING if amount is None else str(amount)
