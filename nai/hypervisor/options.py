"""The options of section [nai_docker] in nova.conf."""

from __future__ import annotations

from oslo_config import cfg

GROUP = cfg.OptGroup("nai_docker", title="Docker driver", help="Instances as containers of the host's Docker engine.")

OPTIONS = [
    cfg.StrOpt("engine_socket", default="/var/run/docker.sock", help="Unix socket of the Docker engine."),
    cfg.IntOpt(
        "engine_timeout_seconds",
        default=60,
        min=1,
        help="How long one request to the engine may take; stopping an instance adds the time it has for that.",
    ),
    cfg.IntOpt(
        "load_timeout_seconds", default=1800, min=1, help="How long the engine may take to load or save one image."
    ),
    cfg.IntOpt(
        "start_timeout_seconds",
        default=60,
        min=1,
        help="How long an instance waits for its network before it starts its command without.",
    ),
    cfg.StrOpt("bridge", default="br-int", help="Open vSwitch bridge of ports whose binding names none."),
    cfg.StrOpt(
        "ovsdb_connection",
        default="",
        help="Open vSwitch database, e.g. unix:/run/openvswitch/db.sock; empty: the host's own.",
    ),
    cfg.StrOpt(
        "tx_checksum_offload",
        default="auto",
        choices=[
            ("auto", "off on a bridge with the userspace datapath, on otherwise"),
            ("on", "always on"),
            ("off", "always off"),
        ],
        help="Checksum offload of an instance's NICs. The userspace datapath forwards packets with the checksum that "
        "the sender left to a NIC that does not exist: TCP then never connects.",
    ),
    cfg.BoolOpt(
        "start_sshd",
        default=True,
        help="Start the SSH server that an image has but its command does not start. The image property nai_start_sshd "
        "(yes or no) has the last word.",
    ),
    cfg.BoolOpt(
        "new_ssh_host_keys",
        default=True,
        help="Give each instance SSH host keys of its own at its first start; otherwise every instance of an image has "
        "the private keys that lie in the image.",
    ),
    cfg.BoolOpt("run_user_data", default=True, help="Run user data that starts with #! once, at the first start."),
    cfg.BoolOpt(
        "inject_password", default=False, help="Set root's password to the one Nova generates or the request gives."
    ),
    cfg.BoolOpt(
        "no_new_privileges",
        default=True,
        help="Processes of an instance cannot gain privileges by executing a file; sudo and su do not work then.",
    ),
    cfg.ListOpt(
        "extra_capabilities",
        default=[],
        help="Linux capabilities of instances beyond the driver's small set, e.g. NET_ADMIN where they route.",
    ),
    cfg.IntOpt("pids_limit", default=4096, min=16, help="Processes and threads an instance may have."),
    cfg.BoolOpt(
        "limit_disk",
        default=False,
        help="Limit the writable layer to the flavour's disk. The engine can do it on XFS with project quotas, btrfs "
        "and ZFS; it refuses to create the instance elsewhere.",
    ),
    cfg.IntOpt("console_size_kb", default=1024, min=16, help="How much console output of an instance is kept, in KB."),
    cfg.StrOpt(
        "work_path",
        default="/var/lib/nova/nai",
        help="Directory for downloads, locks and the state of the image cache.",
    ),
    cfg.IntOpt(
        "image_grace_period_seconds",
        default=86400,
        min=0,
        help="How long an image stays on the host after it has gone from Glance and nothing uses it.",
    ),
    cfg.StrOpt(
        "auth_section",
        default="service_user",
        help="Section of nova.conf with the credentials the image synchroniser lists Glance's images with.",
    ),
    cfg.ListOpt(
        "glance_interfaces",
        default=["internal", "public"],
        help="Glance endpoints to use, the first that exists in the catalogue.",
    ),
    cfg.IntOpt(
        "cleanup_interval_seconds",
        default=120,
        min=10,
        help="How often containers and ports that belong to no instance are looked for. They go when two passes in a "
        "row found them.",
    ),
]


def register(conf: cfg.ConfigOpts) -> cfg.ConfigOpts:
    """Makes the section known to a configuration and returns the configuration; doing it twice does no harm."""
    conf.register_group(GROUP)
    conf.register_opts(OPTIONS, group=GROUP)
    return conf


def list_opts() -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    """Returns the options the way oslo.config's sample generator asks for them."""
    return [(GROUP, OPTIONS)]
