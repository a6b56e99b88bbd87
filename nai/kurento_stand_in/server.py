"""The server: JSON-RPC requests of sessions, events to subscribers, collection of what nobody holds any more."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from .errors import (
    EVENT_NOT_SUPPORTED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_ENOUGH_RESOURCES,
    PARSE_ERROR,
    RpcError,
)
from .ice import read_ice_servers
from .load import hold
from .objects import MediaObject, Objects
from .operations import Operations
from .sessions import Send, Session, Sessions, Subscription
from .settings import Settings


class MediaServer:
    """Everything but the network: takes texts from connections, gives texts back."""

    def __init__(
        self, settings: Settings, *, address: str = "127.0.0.1", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Starts without sessions.

        Args:
            settings: What the program was told.
            address: The server's own address, for session descriptions.
            monotonic: The clock that collection goes by.
        """
        self._settings = settings
        self._monotonic = monotonic
        self._server_id = str(uuid.uuid4())
        self.objects = Objects()
        self.sessions = Sessions()
        self._operations = Operations(self.objects, self._emit, address, self.sessions.ids)
        # What happens while a request is carried out is told after its answer, as clients expect it.
        self._pending: list[tuple[Send, dict[str, Any]]] = []

    def handle(self, text: str | bytes, send: Send) -> None:
        """Carries out one request of a connection and sends the answer, then the events that it caused."""
        request_id: object = None
        try:
            request = self._parsed(text)
            request_id = request.get("id")
            answer: dict[str, Any] = {"result": self._call(request, send)}
        except RpcError as error:
            answer = {"error": error.to_wire()}
        if request_id is not None or "error" in answer:
            send({"id": request_id, **answer, "jsonrpc": "2.0"})
        pending, self._pending = self._pending, []
        for receiver, event in pending:
            receiver(event)

    def connection_lost(self, send: Send) -> None:
        """Keeps the sessions of a connection for the collection time."""
        self.sessions.connection_lost(send, self._monotonic())

    def collect(self) -> int:
        """Releases what sessions held whose connection has been gone too long; returns how many objects went."""
        gone = 0
        for session in self.sessions.overdue(self._monotonic(), self._settings.collection_seconds):
            for object_id in self.sessions.close(session):
                if object_id in self.objects:
                    gone += self._release(self.objects.get(object_id))
        pending, self._pending = self._pending, []
        for receiver, event in pending:
            receiver(event)
        return gone

    def load(self) -> float:
        """How much of a core the connected endpoints use now."""
        return self.objects.busy_endpoints() * self._settings.session_cpu_percent / 100

    def _parsed(self, text: str | bytes) -> dict[str, Any]:
        try:
            request = json.loads(text)
        except ValueError:
            raise RpcError(PARSE_ERROR, "Parse error") from None
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            raise RpcError(INVALID_REQUEST, "Invalid JSON-RPC request")
        return request

    def _call(self, request: dict[str, Any], send: Send) -> dict[str, Any]:
        method, parameters = request["method"], request.get("params") or {}
        if not isinstance(parameters, dict):
            raise RpcError(INVALID_PARAMS, "params has to be an object")
        if method == "ping":
            return {"value": "pong"}
        methods: dict[str, Callable[[Session, dict[str, Any]], Any]] = {
            "connect": self._connect,
            "create": self._create,
            "describe": self._describe,
            "invoke": self._invoke,
            "ref": self._ref,
            "release": self._release_object,
            "subscribe": self._subscribe,
            "unref": self._unref,
            "unsubscribe": self._unsubscribe,
            "closeSession": self._close_session,
        }
        if method not in methods:
            raise RpcError(METHOD_NOT_FOUND, f"Method '{method}' not found")
        session = self._session(parameters, send)
        try:
            value = methods[method](session, parameters)
        except KeyError as error:
            raise RpcError(INVALID_PARAMS, f"{method} needs the parameter {error}") from None
        result = {"sessionId": session.id}
        if isinstance(value, _Extended):
            return {**result, **value}
        return result if value is None else {"value": value, **result}

    def _session(self, parameters: dict[str, Any], send: Send) -> Session:
        """The session that a request names, over this connection from now on; without one the connection's own."""
        if parameters.get("sessionId") in (None, ""):
            return self.sessions.of_connection(send) or self.sessions.open(send)
        session = self.sessions.find(parameters["sessionId"])
        self.sessions.attach(session, send)
        return session

    def _connect(self, _session: Session, _parameters: dict[str, Any]) -> Any:
        return _Extended(serverId=self._server_id)

    def _create(self, session: Session, parameters: dict[str, Any]) -> str:
        constructor = parameters.get("constructorParams") or {}
        made = self.objects.create(parameters["type"], constructor)
        made.properties.update(parameters.get("properties") or {})
        if made.kind.name == "WebRtcEndpoint":
            self._equip(made)
        session.objects.add(made.id)
        self._emit(self.objects.manager, "ObjectCreated", {"object": made.id})
        return made.id

    def _equip(self, endpoint: MediaObject) -> None:
        """Gives an endpoint the load of a session and the instance's STUN and TURN server."""
        try:
            endpoint.memory = hold(self._settings.session_memory_mib)
        except MemoryError:
            self.objects.release(endpoint)
            raise RpcError(NOT_ENOUGH_RESOURCES, "Not enough resources") from None
        servers = read_ice_servers(self._settings.endpoint_file)
        if servers.stun_address:
            endpoint.properties.setdefault("stunServerAddress", servers.stun_address)
            endpoint.properties.setdefault("stunServerPort", servers.stun_port)
        if servers.turn_url:
            endpoint.properties.setdefault("turnUrl", servers.turn_url)

    def _describe(self, session: Session, parameters: dict[str, Any]) -> Any:
        target = self.objects.get(parameters["object"])
        session.objects.add(target.id)
        kind = target.kind
        return _Extended(type=kind.name, qualifiedType=f"kurento.{kind.name}", hierarchy=kind.qualified_hierarchy)

    def _invoke(self, _session: Session, parameters: dict[str, Any]) -> Any:
        target = self.objects.get(parameters["object"])
        return self._operations.invoke(target, parameters["operation"], parameters.get("operationParams") or {})

    def _subscribe(self, session: Session, parameters: dict[str, Any]) -> str:
        target, event = self.objects.get(parameters["object"]), str(parameters["type"])
        if event not in target.kind.events:
            raise RpcError(EVENT_NOT_SUPPORTED, f"Object of type '{target.kind.name}' has no event '{event}'")
        made = Subscription(str(uuid.uuid4()), target.id, event)
        session.subscriptions[made.id] = made
        return made.id

    def _unsubscribe(self, session: Session, parameters: dict[str, Any]) -> None:
        session.subscriptions.pop(parameters["subscription"], None)

    def _ref(self, session: Session, parameters: dict[str, Any]) -> None:
        session.objects.add(self.objects.get(parameters["object"]).id)

    def _unref(self, session: Session, parameters: dict[str, Any]) -> None:
        target = self.objects.get(parameters["object"])
        session.objects.discard(target.id)
        if not any(target.id in self.sessions.find(other).objects for other in self.sessions.ids()):
            self._release(target)

    def _release_object(self, _session: Session, parameters: dict[str, Any]) -> None:
        target = self.objects.get(parameters["object"])
        if target is self.objects.manager:
            raise RpcError(INVALID_PARAMS, "the ServerManager cannot be released")
        self._release(target)

    def _close_session(self, session: Session, _parameters: dict[str, Any]) -> None:
        for object_id in self.sessions.close(session):
            if object_id in self.objects:
                self._release(self.objects.get(object_id))

    def _release(self, target: MediaObject) -> int:
        gone = self.objects.release(target)
        for item in gone:
            self.sessions.forget_object(item.id)
            self._emit(self.objects.manager, "ObjectDestroyed", {"objectId": item.id})
        return len(gone)

    def _emit(self, source: MediaObject, event: str, data: dict[str, Any]) -> None:
        """Puts an event into the queue of what is sent after the answer."""
        tags = [{"key": key, "value": value} for key, value in source.tags.items()]
        about = {"source": source.id, "tags": tags, "timestamp": str(int(time.time())), "type": event, **data}
        message = {
            "jsonrpc": "2.0",
            "method": "onEvent",
            "params": {"value": {"data": about, "object": source.id, "type": event}},
        }
        for session in self.sessions.subscribers(source.id, event):
            if session.send is not None:
                self._pending.append((session.send, message))


class _Extended(dict[str, Any]):
    """A result with more than a value in it."""
