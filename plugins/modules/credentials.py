#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `credentials`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: credentials
short_description: Password files and clouds.yaml on the control host
description:
  - Writes one file for each service that holds its password and nothing else, and a C(clouds.yaml), all with mode 0600
    in directories of mode 0700, owned by the user who runs Ansible. No host is contacted.
  - Each file is replaced atomically and only when it differs. Contents are never shown, not even in a diff.
version_added: 0.1.0
author: The NAI authors
options:
  clouds_file:
    description: Path of C(clouds.yaml), which gets the cloud C(nai). The password files lie beside it.
    type: path
    required: true
  passwords:
    description:
      - Password of each service; the key is the name of its file.
      - The one of C(keystone) is the administrator's.
    type: dict
    required: true
  auth_url:
    description: Keystone's address, with C(/v3).
    type: str
    required: true
  region:
    description: Name of the region.
    type: str
    required: true
  ca_file:
    description: Certificate that signs the endpoints; left out for plain http.
    type: path
attributes:
  check_mode:
    support: full
    description: Tells what would be written.
  diff_mode:
    support: none
    description: Everything written is secret.
"""

EXAMPLES = r"""
- name: Write the credentials on the control host
  nubomedia.nai.credentials:
    clouds_file: "{{ nai_clouds_file }}"
    auth_url: "{{ 'keystone' | nubomedia.nai.service_url(nai_release_facts, nai_controller_address, '/v3') }}"
    region: "{{ nai_region_name }}"
    passwords:
      keystone: "{{ keystone_admin_password }}"
      rabbitmq: "{{ rabbitmq_openstack_password }}"
  run_once: true
  no_log: true
"""

RETURN = r"""
changed_files:
  description: Paths that were written, or would be in check mode.
  returned: always
  type: list
  elements: str
"""
