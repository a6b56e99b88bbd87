"""Where the state writes down what has to outlive it."""

from typing import Protocol

from nai.vnfm.media_server.model import Application, ManagedVnfr, MediaServer


class Journal(Protocol):
    """Takes every change at the moment it is made; the last word about an object counts.

    What is told between two turns of the loop becomes durable together or not at all.
    """

    def vnfr(self, vnfr: ManagedVnfr) -> None:
        """The VNFR is new or changed."""
        ...

    def vnfr_gone(self, vnfr: ManagedVnfr) -> None:
        """The VNFR is not managed any more; its servers and applications are told by themselves."""
        ...

    def server(self, server: MediaServer) -> None:
        """The server is new, or something else than its points changed: those follow from the applications."""
        ...

    def server_gone(self, server: MediaServer) -> None:
        """The server was taken away."""
        ...

    def application(self, application: Application) -> None:
        """The application is new. Heartbeats are not told: after a restart every application gets a fresh one."""
        ...

    def application_gone(self, application: Application) -> None:
        """The application was unregistered."""
        ...
