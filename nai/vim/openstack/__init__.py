"""The driver for OpenStack, from Kilo on, over openstacksdk."""
