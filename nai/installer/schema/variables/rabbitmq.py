"""Role rabbitmq."""

from nai.installer.schema.model import for_role, installed_by, secret

VARIABLES = for_role(
    "rabbitmq",
    secret("rabbitmq_openstack_password", "Password of the user `openstack`, with which the services reach the bus."),
    *installed_by(
        "packages",
        secret(
            "rabbitmq_ems_password", "Password of the user `ems`, with which instances reach the media plane's bus."
        ),
        secret(
            "rabbitmq_vnfm_password",
            "Password of the user `vnfm`, with which managers of others reach the media plane's bus.",
        ),
    ),
)
