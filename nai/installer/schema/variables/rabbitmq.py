"""Role rabbitmq."""

from nai.installer.schema.model import for_role, secret

VARIABLES = for_role(
    "rabbitmq",
    secret("rabbitmq_openstack_password", "Password of the user `openstack`, with which the services reach the bus."),
)
