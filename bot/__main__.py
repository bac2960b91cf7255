"""`python -m bot`: run the bot, or try everything in a demo that needs no account."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot.domain.errors import CannotStart

EX_USAGE = 64  # sysexits.h: a word of the command line is wrong
EX_CONFIG = 78  # sysexits.h: something in the configuration is wrong


def main() -> int:
    arguments = _arguments()
    try:
        if arguments.task == "demo":
            return _demo(arguments)
        return _run()
    except CannotStart as error:
        print(f"Kinora cannot start: {error.sentence}", file=sys.stderr)
        return EX_CONFIG
    except KeyboardInterrupt:
        return 130


def _run() -> int:
    # The demo must not pay for the bot's imports (about 0.7 s), nor the bot for the demo's.
    from bot.app import run
    from bot.settings import read_settings

    asyncio.run(run(read_settings()))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from bot.sandbox.demo import demo
    from bot.sandbox.once import once
    from bot.sandbox.services import NoSuchScene, Scene

    try:
        scene = Scene(provider=arguments.provider)
    except NoSuchScene as error:
        print(error, file=sys.stderr)
        return EX_USAGE
    data = arguments.data or scene.folder
    if arguments.once is not None:
        return asyncio.run(once(arguments.once, scene, data=data, port=arguments.port))
    return asyncio.run(demo(scene, data=data, port=arguments.port, open_page=not arguments.no_browser))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Kinora, a video studio in a Discord server.")
    tasks = parser.add_subparsers(dest="task")
    tasks.add_parser("run", help="connect to Discord (the default)")
    demo = tasks.add_parser("demo", help="a pretend Discord and a pretend video service with the real bot between them")
    demo.add_argument("--once", metavar="PROMPT", help="no page: make one video and one remix, print what happens, end")
    demo.add_argument("--port", type=int, help="port of the page on 127.0.0.1 (default 8460; any free one with --once)")
    demo.add_argument(
        "--provider", default="openai", help="which video service is played: openai, gemini or openrouter"
    )
    demo.add_argument("--data", type=Path, help="where videos and database go (data/demo; another for each service)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page by itself")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
