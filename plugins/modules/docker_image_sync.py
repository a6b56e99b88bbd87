#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The Docker images of Glance, on a compute host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: docker_image_sync
short_description: Every Docker image of Glance is on a compute host
description:
  - Loads the images of Glance with C(container_format=docker), of all projects, into the engine of a compute host, and
    removes those that have gone from Glance and that no container is made from, after a grace period.
  - Does at once what the timer C(nai-images-sync.timer) does regularly, with the program that the role C(nova_docker)
    installs. The host's own C(nova.conf) says where Glance is and with which account.
version_added: 0.1.0
author: The NAI authors
options:
  grace_period_seconds:
    description: How long an image stays that nothing needs any more; by default what the host's configuration says.
    type: int
  program:
    description: Path of the program.
    type: path
    default: /usr/local/bin/nai
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: Where the program is not installed yet, nothing is known and nothing is reported as changed.
  diff_mode:
    description: Returns the images that come and go.
    support: full
"""

EXAMPLES = r"""
- name: Bring new images to the compute hosts now
  nubomedia.nai.docker_image_sync:

- name: Remove what nothing needs, without grace
  nubomedia.nai.docker_image_sync:
    grace_period_seconds: 0
"""

RETURN = r"""
present:
  description: Ids of the images that were there already.
  returned: success
  type: list
  elements: str
loaded:
  description: Ids of the images that came.
  returned: success
  type: list
  elements: str
removed:
  description: Ids of the images that went.
  returned: success
  type: list
  elements: str
used:
  description: Ids of the images that have gone from Glance and stay because a container is made from them.
  returned: success
  type: list
  elements: str
waiting:
  description: Seconds until removal of the images that have gone from Glance, by id.
  returned: success
  type: dict
image_failures:
  description: What went wrong, by id of the image. When it is not empty, the task fails.
  returned: always
  type: dict
seconds:
  description: Duration.
  returned: success
  type: float
"""

import json  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402

EXIT_IMAGES_FAILED = 1


def command(program: str, grace_period_seconds: int | None, check: bool) -> list[str]:
    """Returns the command line; it holds no secret."""
    argv = [program, "images", "sync", "--json"]
    if check:
        argv.append("--check")
    if grace_period_seconds is not None:
        argv += ["--grace-period-seconds", str(grace_period_seconds)]
    return argv


def diff_of(report: dict[str, Any]) -> dict[str, str]:
    """Returns the copies before and after, one a line."""
    before = {*report["present"], *report["removed"], *report["used"], *report["waiting"]}
    after = (before | set(report["loaded"])) - set(report["removed"])
    return {
        "before": "".join(f"{image_id}\n" for image_id in sorted(before)),
        "after": "".join(f"{image_id}\n" for image_id in sorted(after)),
    }


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "grace_period_seconds": {"type": "int"},
            "program": {"type": "path", "default": "/usr/local/bin/nai"},
        },
        supports_check_mode=True,
    )
    program = module.params["program"]
    if not Path(program).exists():
        if module.check_mode:
            module.exit_json(changed=False, present=[], loaded=[], removed=[], used=[], waiting={}, image_failures={})
        module.fail_json(
            msg=f"{program} is not installed; the role nova_docker brings it to compute hosts", image_failures={}
        )
    grace = module.params["grace_period_seconds"]
    code, output, error = module.run_command(command(program, grace, module.check_mode))
    if code not in (0, EXIT_IMAGES_FAILED) or not output.strip():
        module.fail_json(msg=error.strip() or f"{program} ended with {code}", rc=code, image_failures={})
    report = json.loads(output)
    # "failed" is Ansible's own word for a task that failed.
    problems = report.pop("failed")
    result = {**report, "diff": diff_of(report), "image_failures": problems}
    if problems:
        module.fail_json(msg="; ".join(problems.values()), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
