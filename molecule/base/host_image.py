"""Makes sure that this machine's engine has the embedded hosts' base image, and says what a host is made of."""

import json
import sys

from nai.installer.testbed.engine import Engine
from nai.installer.testbed.hosts import CAPABILITIES
from nai.installer.testbed.image import ensure_base
from nai.installer.testbed.ownership import this_checkout
from nai.installer.testbed.recipe import base_recipe


def main() -> None:
    """Prints `{"tag", "capabilities", "made"}` as JSON."""
    engine, recipe = Engine(), base_recipe()
    engine.ensure_running()
    made = bool(ensure_base(engine, this_checkout(), recipe))
    sys.stdout.write(json.dumps({"tag": recipe.tag, "capabilities": list(CAPABILITIES), "made": made}))


if __name__ == "__main__":
    main()
