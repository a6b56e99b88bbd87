# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation that paas_app and marketplace_app share: what an application is like."""

from __future__ import annotations


class ModuleDocFragment:
    """`APPLICATION_OPTIONS` of `module_utils/paas.py`."""

    DOCUMENTATION = r"""
options:
  definition:
    description: The whole document as in an C(app.json), by the names on the wire. The options below win over it.
    type: dict
    default: {}
  name:
    description: Name of the application; it or C(name) in O(definition) is needed.
    type: str
  git_url:
    description: Address of the Git repository that has the application's Dockerfile.
    type: str
  ports:
    description: Ports of the application; its address leads to the first.
    type: list
    elements: dict
    suboptions:
      port:
        description: Port inside the platform.
        type: int
        required: true
      target_port:
        description: Port of the container; the same by default.
        type: int
      protocol:
        description: Of the port.
        type: str
        choices: [TCP, UDP]
        default: TCP
  flavor:
    description: Size of its media servers.
    type: str
    choices: [SMALL, MEDIUM, LARGE]
  replicas:
    description: How many of its containers run.
    type: int
  secret_name:
    description: Name of the key at the PaaS manager that may read the repository.
    type: str
  quality_of_service:
    description: Class of the bandwidth that is reserved.
    type: str
    choices: [BRONZE, SILVER, GOLD]
  cloud_repository:
    description: Whether it gets a cloud repository.
    type: bool
  cdn_connector:
    description: Whether that has the connector to content distribution.
    type: bool
  turn_server_activate:
    description: Whether its media servers use a TURN server.
    type: bool
  turn_server_url:
    description: Address of that; without it the installation's own is used.
    type: str
  turn_server_username:
    description: User there.
    type: str
  turn_server_password:
    description: Password of that user. It is never given back, so a change of it alone is not noticed.
    type: str
  stun_server_activate:
    description: Whether its media servers use a STUN server.
    type: bool
  stun_server_ip:
    description: Address of that; without it the installation's own is used.
    type: str
  stun_server_port:
    description: Port of that.
    type: str
  number_of_instances:
    description: Media servers that it begins with.
    type: int
  scale_out_limit:
    description: Most media servers; V(0) turns autoscaling off.
    type: int
  scale_out_threshold:
    description: Points of capacity in use at which one is added.
    type: float
  services:
    description: Containers beside it, made from ready images.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name; the application's variables about it begin with it.
        type: str
        required: true
      docker_url:
        description: Name of the image.
        type: str
        required: true
      replicas:
        description: How many run.
        type: int
        default: 1
      ports:
        description: Its ports.
        type: list
        elements: dict
        default: []
        suboptions:
          port:
            description: Port inside the platform.
            type: int
            required: true
          target_port:
            description: Port of the container; the same by default.
            type: int
          protocol:
            description: Of the port.
            type: str
            choices: [TCP, UDP]
            default: TCP
      env_vars:
        description: Variables of its environment by name. Use C(no_log) on the task where there are passwords in it.
        type: dict
        default: {}
  env_vars:
    description: Variables of the application's environment by name.
    type: dict
"""
