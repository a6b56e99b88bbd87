"""Role docker_images."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "docker_images",
        Variable(
            name="docker_images_period_seconds",
            type=Type.INT,
            default=300,
            minimum=30,
            maximum=86400,
            unit="seconds",
            help="Pause between two runs of the image synchroniser.",
        ),
        Variable(
            name="docker_images_refresh_seconds",
            type=Type.INT,
            default=86400,
            minimum=60,
            maximum=31536000,
            unit="seconds",
            help="How often an image that is there is pulled again, since its tag may have moved.",
        ),
        Variable(
            name="docker_images_grace_period_seconds",
            type=Type.INT,
            default=86400,
            minimum=0,
            maximum=31536000,
            unit="seconds",
            help="How long an image stays on a compute host after it has gone from Glance and nothing uses it.",
        ),
    ),
)
