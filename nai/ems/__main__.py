"""`python3 ems.pyz [conf.ini]`: runs the agent. Exit codes: 0 told to stop, 2 the configuration is wrong."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from .agent import Agent
from .configuration import DEFAULT_FILE, ConfigurationError, load


def main() -> int:
    """Runs the agent until SIGTERM."""
    try:
        configuration = load(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE)
    except ConfigurationError as error:
        sys.stderr.write(f"nai-ems: {error}\n")
        return 2
    agent = Agent(configuration)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
