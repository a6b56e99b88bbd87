"""Entry point of a compute host: `nai images sync`."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from oslo_config import cfg

from . import options
from .engine import DockerException, Engine, EngineError, reason
from .image_sync import BusyError, Report, Synchroniser
from .images import ImageStore
from .keystone_glance import KeystoneSource
from .source import SourceError


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    IMAGES_FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    BUSY = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    conf = cfg.ConfigOpts()
    try:
        conf([], project="nova", default_config_files=[asked.config_file])
        options.register(conf)
        section = conf.nai_docker
        grace = section.image_grace_period_seconds if asked.grace_period_seconds is None else asked.grace_period_seconds
        source = KeystoneSource(conf)
    except (cfg.Error, SourceError) as error:
        return _refuse(f"{asked.config_file}: {error}", Exit.USAGE)
    work_path = Path(section.work_path)
    try:
        store = ImageStore(Engine(conf), work_path)
        report = Synchroniser(store, work_path, grace).run(source, check=asked.check)
    except BusyError as error:
        return _refuse(str(error), Exit.BUSY)
    except PermissionError as error:
        return _refuse(f"{error}; run it as user nova", Exit.USAGE)
    except (SourceError, EngineError) as error:
        return _refuse(str(error), Exit.UNREACHABLE)
    except DockerException as error:
        return _refuse(f"the Docker engine: {reason(error)}", Exit.UNREACHABLE)
    sys.stdout.write(json.dumps(report.as_dict()) + "\n" if asked.json else _text(report))
    return Exit.IMAGES_FAILED if report.failed else Exit.DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nai",
        description="Commands of a compute host.",
        epilog="Exit codes: 0 done; 1 some images could not be loaded; 2 wrong call or configuration; 3 Glance or the "
        "engine does not answer; 4 another process is at it.",
    )
    images = parser.add_subparsers(dest="topic", required=True, metavar="images").add_parser(
        "images", help="Docker images from Glance"
    )
    sync = images.add_subparsers(dest="verb", required=True, metavar="sync").add_parser(
        "sync", help="load what is missing on this host, remove what nothing needs"
    )
    sync.add_argument("--check", action="store_true", help="only say what would be done")
    sync.add_argument("--json", action="store_true", help="report as JSON")
    sync.add_argument("--config-file", default="/etc/nova/nova.conf", help="nova.conf (%(default)s)")
    sync.add_argument(
        "--grace-period-seconds",
        type=float,
        metavar="SECONDS",
        help="how long an unused image stays (as nova.conf says)",
    )
    return parser


def _text(report: Report) -> str:
    would = "would be " if report.check else ""
    lines = [f"{len(report.present)} present"]
    lines += [f"{would}loaded: {image_id}" for image_id in report.loaded]
    lines += [f"{would}removed: {image_id}" for image_id in report.removed]
    lines += [f"in use, not in Glance any more: {image_id}" for image_id in report.used]
    lines += [f"removed in {seconds} s unless needed: {image_id}" for image_id, seconds in report.waiting.items()]
    lines += [f"failed: {text}" for text in report.failed.values()]
    return "\n".join(lines) + "\n"


def _refuse(text: str, code: Exit) -> int:
    sys.stderr.write(f"nai images sync: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
