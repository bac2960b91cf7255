"""The command line of the maintenance tasks, with its help texts."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from bot.config.quoted import quoted
from bot.domain.texts.discord_ids import id_in


def add_accounts(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    accounts = tasks.add_parser("accounts", help="what runs and waits at each account; drain one, while the bot runs")
    acts = accounts.add_subparsers(dest="what")
    for act, what in (
        ("drain", "send an account nothing more; what it has is finished"),
        ("resume", "send an account orders again"),
    ):
        acts.add_parser(act, help=what).add_argument("name", help="as `accounts` lists it")


def add_doctor(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = tasks.add_parser("doctor", help="check your setup (read-only)")
    doctor.add_argument(
        "--channel", type=_discord_id, metavar="ID", help="also check the bot's permissions in this channel"
    )
    doctor.add_argument(
        "--spend",
        nargs="?",
        const="all",
        metavar="PROVIDER",
        help="order the cheapest clip at this service, or at each, after asking; this costs money",
    )
    doctor.add_argument("--yes", action="store_true", help="spend without asking")
    doctor.add_argument(
        "--patience", type=_seconds, default=20.0, metavar="SECONDS", help="time limit for each check (default 20)"
    )


def _discord_id(written: str) -> int:
    found = id_in(written.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{quoted(written)} is no id of Discord")
    return found


def _seconds(written: str) -> float:
    try:
        seconds = float(written)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{quoted(written)} is not a number of seconds above 0")
    return seconds


def add_backup(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = tasks.add_parser("backup", help="copy the database and all files into a folder, while the bot runs")
    backup.add_argument("folder", type=Path, help="made if needed; an earlier backup in it is brought up to date")
    backup.add_argument("--no-files", action="store_true", help="the database only, without videos and pictures")
    restore = tasks.add_parser("restore", help="restore a backup, while the bot is stopped")
    restore.add_argument("folder", type=Path, help="what `backup` wrote")
    restore.add_argument(
        "--replace", action="store_true", help="replace a database that has orders; a file of SQLite is kept"
    )


def add_files(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    files = tasks.add_parser("files", help="move the kept videos and pictures to another place")
    move = files.add_subparsers(dest="what", required=True).add_parser(
        "move", help="copy every file that is not there yet"
    )
    move.add_argument(
        "--to", required=True, metavar="URL", help="a bucket, such as s3://bucket, or `data` for the folder DATA_DIR"
    )


def add_videos(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    videos = tasks.add_parser("import", help="add videos and history from sora-2-playground as a member's videos")
    videos.add_argument("folder", type=Path, help="with files like ID_video.mp4, and its history as JSON")
    videos.add_argument("--guild", type=_discord_id, required=True, metavar="ID", help="the server they belong to")
    videos.add_argument("--member", type=_discord_id, required=True, metavar="ID", help="the member they belong to")
    videos.add_argument(
        "--channel", type=_discord_id, metavar="ID", help="members who can read it may see them (default: private)"
    )


def add_reconcile(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    reconcile = tasks.add_parser("reconcile", help="compare the ledger with what the video services report (read-only)")
    reconcile.add_argument("--account", metavar="NAME", help="only this account, such as openrouter (default: all)")
    reconcile.add_argument("--since", metavar="DAY", help="first day (UTC) of orders (default: the last seven days)")
    reconcile.add_argument("--csv", action="store_true", help="a line for each difference as CSV")


def add_stats(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stats = tasks.add_parser("stats", help="how the videos of all servers did: times, failures, prices (read-only)")
    stats.add_argument("--since", metavar="DAY", help="first day (UTC), such as 2026-11-03 or yesterday")
    form = stats.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all figures as JSON")
    form.add_argument("--csv", action="store_true", help="a line for each model as CSV")
