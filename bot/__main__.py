"""`kinora`, or `python -m bot` in a checkout: run the bot, set it up, maintain it, or try it in a demo."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.config import command_line
from bot.config.output import printed_whole, settle_output
from bot.config.plain_parser import EX_USAGE, PlainParser
from bot.config.started_as import COMMAND
from bot.domain.errors import CannotStart
from bot.domain.texts.files import on_one_line
from bot.domain.texts.redaction import redacted
from bot.network.proxies import settle_proxies

EX_TERMINATED = 128 + signal.SIGTERM  # what shells report for a process that was ended by a signal
EX_CONFIG = 78  # sysexits.h: something in the configuration is wrong
OTHERS = ("accounts", "backup", "files", "import", "models", "reconcile", "restore", "setup", "stats")
LEADS = {"doctor": "✗ settings: ", **dict.fromkeys(OTHERS, "")}  # the beginning of the sentence with which a task fails


def main() -> int:
    settle_output()
    try:
        return printed_whole(_told)
    except KeyboardInterrupt:
        return 130


def _told() -> int:
    """Run the command, or print why it cannot run."""
    arguments = _arguments()
    try:
        return _done(arguments)
    except CannotStart as error:
        sentence = on_one_line(redacted(error.sentence))
        print(LEADS.get(arguments.task, "Kinora cannot start: ") + sentence, file=sys.stderr)
        return EX_CONFIG


def _done(arguments: argparse.Namespace) -> int:
    if arguments.task == "demo":
        return _demo(arguments)
    # The first process of a container ignores signals that it does not handle, even the one to stop.
    signal.signal(signal.SIGTERM, _end)
    settle_proxies()
    return TASKS.get(arguments.task, _run)(arguments)


def _end(*_: object) -> None:
    raise SystemExit(EX_TERMINATED)


def _run(arguments: argparse.Namespace) -> int:
    # The demo must not load the bot's imports (about 0.7 s), nor the bot those of the demo.
    gc.disable()  # imported objects stay: collecting garbage among them would take another 0.1 s
    from bot.config.arenas import share_arenas
    from bot.config.lean_start import keep_out_what_nobody_needs

    share_arenas()
    keep_out_what_nobody_needs()
    from bot.app import run
    from bot.config.duties import BY_COMMAND
    from bot.settings import read_settings

    gc.freeze()
    gc.enable()
    command = (arguments.task or "run") + " --no-work" * getattr(arguments, "no_work", False)
    asyncio.run(run(read_settings(), BY_COMMAND[command]))
    return 0


def _setup(_: argparse.Namespace) -> int:
    from bot.setup.dialogue import setup

    return setup()


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor.examination import Asked, doctor
    from bot.settings import settings_so_far

    asked = Asked(channel=arguments.channel, spend=arguments.spend, yes=arguments.yes, patience=arguments.patience)
    return asyncio.run(doctor(settings_so_far(), asked))


def _health(arguments: argparse.Namespace) -> int:
    from bot.health.command import health
    from bot.settings import settings_so_far

    code, lines = health(settings_so_far().settings.data_dir, ready=arguments.ready)
    print("\n".join(lines))
    return code


def _backup(arguments: argparse.Namespace) -> int:
    from bot.backup.command import backup, restore
    from bot.settings import read_settings

    settings = read_settings(with_discord=False)
    if arguments.task == "backup":
        task = backup(settings, arguments.folder, with_files=not arguments.no_files)
    else:
        task = restore(settings, arguments.folder, replace=arguments.replace)
    code, lines = asyncio.run(task)
    print("\n".join(lines))
    return code


def _files(arguments: argparse.Namespace) -> int:
    from bot.backup.move import move_files
    from bot.settings import read_settings

    print("\n".join(asyncio.run(move_files(read_settings(with_discord=False), arguments.to))))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from bot.importing.command import import_videos
    from bot.importing.videos import Recipient
    from bot.settings import read_settings

    recipient = Recipient(guild_id=arguments.guild, member_id=arguments.member, channel_id=arguments.channel)
    code, lines = asyncio.run(import_videos(read_settings(with_discord=False), arguments.folder, recipient))
    print("\n".join(lines))
    return code


def _models(arguments: argparse.Namespace) -> int:
    from bot.doctor.discovery import Discovery, discover
    from bot.doctor.price_list import list_models
    from bot.doctor.workflows.command import WorkflowImport, import_workflow
    from bot.settings import read_settings

    if arguments.what == "list":
        return list_models(read_settings(with_discord=False))
    if arguments.what == "import-workflow":
        wanted_import = WorkflowImport(
            file=arguments.file, provider=arguments.provider, write=arguments.write, force=arguments.force
        )
        return asyncio.run(import_workflow(read_settings(with_discord=False), wanted_import))
    wanted = Discovery(
        provider=arguments.provider,
        models=arguments.models,
        write=arguments.write,
        everything=arguments.all,
        force=arguments.force,
    )
    return asyncio.run(discover(read_settings(with_discord=False), wanted))


def _stats(arguments: argparse.Namespace) -> int:
    from bot.accounting.host_stats import host_stats
    from bot.settings import read_settings

    form = "json" if arguments.json else "csv" if arguments.csv else "table"
    print(asyncio.run(host_stats(read_settings(with_discord=False), arguments.since, form)))
    return 0


def _reconcile(arguments: argparse.Namespace) -> int:
    from bot.accounting.command import ReconcileQuery, reconcile
    from bot.settings import read_settings

    wanted = ReconcileQuery(account=arguments.account, since=arguments.since, as_csv=arguments.csv)
    code, lines = asyncio.run(reconcile(read_settings(with_discord=False), wanted))
    print("\n".join(lines))
    return code


def _accounts(arguments: argparse.Namespace) -> int:
    from bot.accounting.accounts import AccountsQuery, accounts
    from bot.settings import read_settings

    wanted = AccountsQuery(what=arguments.what, name=getattr(arguments, "name", ""))
    print("\n".join(asyncio.run(accounts(read_settings(with_discord=False), wanted))))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from bot.sandbox.demo import demo
    from bot.sandbox.once import once
    from bot.sandbox.services import Scene
    from bot.sandbox.usage import CannotPlay, Misused, check_words

    try:
        check_words(arguments.port, arguments.once)
        scene = Scene(provider=arguments.provider, accent=arguments.accent)
        data = arguments.data or scene.folder
        if arguments.once is not None:
            return asyncio.run(once(arguments.once, scene, data=data, port=arguments.port))
        return asyncio.run(demo(scene, data=data, port=arguments.port, open_page=not arguments.no_browser))
    except (Misused, CannotPlay) as error:
        print(error, file=sys.stderr)
        return EX_USAGE if isinstance(error, Misused) else EX_CONFIG


TASKS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "accounts": _accounts,
    "backup": _backup,
    "doctor": _doctor,
    "files": _files,
    "health": _health,
    "import": _import,
    "models": _models,
    "reconcile": _reconcile,
    "restore": _backup,
    "setup": _setup,
    "stats": _stats,
}  # all other commands run the bot


def _arguments() -> argparse.Namespace:
    parser = PlainParser(prog=COMMAND, description="Kinora, a video studio in a Discord server.")
    tasks = parser.add_subparsers(dest="task")
    run = tasks.add_parser("run", help="run the bot (the default)")
    run.add_argument("--no-work", action="store_true", help="only answer people: others make the videos with `work`")
    tasks.add_parser("work", help="only make the videos, beside a `run` on the same PostgreSQL")
    tasks.add_parser("web", help="only serve pages and webhooks, beside a `run` on the same PostgreSQL")
    tasks.add_parser("setup", help="set up the bot's token and a video service, and write .env")
    demo = tasks.add_parser("demo", help="try the real bot with a simulated Discord and a simulated video service")
    demo.add_argument(
        "--once", metavar="PROMPT", help="no page: make one video and one remix, print what happens, exit"
    )
    demo.add_argument("--port", type=int, help="port of the page on 127.0.0.1 (default 8460; any free one with --once)")
    demo.add_argument(
        "--provider",
        default="openai",
        help="which video service is simulated: openai, gemini, openrouter, comfyui, fal, replicate or xai",
    )
    demo.add_argument(
        "--accent", help="another server with the API of openai: vllm-omni, sglang, litellm, bifrost, new-api, …"
    )
    demo.add_argument("--data", type=Path, help="folder for videos and database (default data/demo; one per service)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    command_line.add_accounts(tasks)
    command_line.add_doctor(tasks)
    health = tasks.add_parser("health", help="say whether the bot on this machine is alive and ready")
    health.add_argument("--ready", action="store_true", help="fail unless Discord, database, worker and disk are ready")
    command_line.add_backup(tasks)
    command_line.add_files(tasks)
    command_line.add_videos(tasks)
    _add_models(tasks)
    command_line.add_reconcile(tasks)
    command_line.add_stats(tasks)
    return parser.parse_args()


def _add_models(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    models = tasks.add_parser("models", help="list models and prices, or find more")
    kinds = models.add_subparsers(dest="what", required=True)
    kinds.add_parser("list", help="the models that can be ordered now, with prices")
    discover = kinds.add_parser("discover", help="ask the video services for models the catalogue doesn't have")
    discover.add_argument(
        "models",
        nargs="*",
        metavar="MODEL",
        help="describe only these, by their names at the service (fal: endpoints)",
    )
    discover.add_argument("--provider", help="ask only this service")
    discover.add_argument("--write", type=Path, metavar="FILE", help="write to a file instead of the terminal")
    discover.add_argument("--all", action="store_true", help="include models whose names do not look like video")
    discover.add_argument("--force", action="store_true", help="overwrite the file")
    workflow = kinds.add_parser("import-workflow", help="propose a model card for a workflow of ComfyUI")
    workflow.add_argument("file", type=Path, help="as ComfyUI exports it: Workflow, Export (API)")
    workflow.add_argument("--provider", help="which ComfyUI to ask what it lacks, if you have several")
    workflow.add_argument("--write", type=Path, metavar="FILE", help="write to a file instead of the terminal")
    workflow.add_argument("--force", action="store_true", help="overwrite the file")


if __name__ == "__main__":
    sys.exit(main())
