"""Plugins on the bus: calls and answers."""

from __future__ import annotations

from typing import Any

from nai.core.wire import WireModel, wire


class PluginMessage(WireModel):
    """A call of a plugin's method."""

    method_name: str | None = wire("methodName")
    interface_class: str | None = wire("interfaceClass")
    parameters: list[Any] = []
    selector: str | None = None


class PluginAnswer(WireModel):
    """What came of it: an answer, or an exception."""

    answer: Any = None
    exception: Any = None


class InstallPluginEvent(WireModel):
    """A plugin was asked to be installed."""

    path: str | None = None
    type: str | None = None
    classes: list[str] = []
