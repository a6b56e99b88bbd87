"""Configurations: named sets of keys and values, and the parameters a function requires from others."""

from __future__ import annotations

from nai.core.wire import WireModel, wire


class ConfigurationParameter(WireModel):
    """One key and its value."""

    id: str | None = None
    version: int = 0
    description: str | None = None
    conf_key: str | None = wire("confKey")
    value: str | None = None


class Configuration(WireModel):
    """A named set of parameters.

    The list is always written: readers of the day iterate over it without looking whether it is there.
    """

    always_written = frozenset({"configuration_parameters"})

    id: str | None = None
    version: int = 0
    project_id: str | None = wire("projectId")
    name: str | None = None
    configuration_parameters: list[ConfigurationParameter] = wire("configurationParameters", factory=list)

    def value_of(self, key: str) -> str | None:
        """Return the value of a key, or None if the configuration does not have it."""
        return next((each.value for each in self.configuration_parameters if each.conf_key == key), None)

    def set_value(self, key: str, value: str | None) -> None:
        """Give a key a value, adding the key if it is missing."""
        for each in self.configuration_parameters:
            if each.conf_key == key:
                each.value = value
                return
        self.configuration_parameters.append(ConfigurationParameter(conf_key=key, value=value))

    def as_dict(self) -> dict[str, str]:
        """Return the parameters that have a value, by key."""
        return {
            each.conf_key: each.value
            for each in self.configuration_parameters
            if each.conf_key is not None and each.value is not None
        }


class RequiresParameters(WireModel):
    """The parameters a function needs from another one (by the other's type, see `requires` of a VNFD)."""

    id: str | None = None
    version: int = 0
    parameters: list[str] = []
