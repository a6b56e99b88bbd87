"""The agent: one thread speaks with the broker, another one runs what is asked for, one after the other."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from .actions import perform
from .amqp import AmqpError, Connection, Delivery
from .answers import Answers
from .configuration import Configuration

_PREFETCH = 16
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 60.0


class Agent:
    """Serves a VNFM until it is told to stop."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        connect: Callable[[Configuration], Connection] | None = None,
        act: Callable[[Configuration, dict[str, Any]], dict[str, Any]] = perform,
    ) -> None:
        """Prepares the agent.

        Args:
            configuration: What it is told.
            connect: Makes the connection.
            act: Carries out a request.
        """
        self._configuration = configuration
        self._connect = connect or _connect
        self._act = act
        self._answers = Answers(configuration.state / "answers")
        self._waiting: queue.Queue[tuple[Connection, Delivery] | None] = queue.Queue()
        self._done: queue.Queue[tuple[Connection, Delivery, dict[str, Any]]] = queue.Queue()
        self._wake_read, self._wake_write = os.pipe()
        for descriptor in (self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        self._stopping = False

    def run(self) -> None:
        """Serves; when the broker goes, connects again: after 1 s, then ever later, at most a minute apart."""
        worker = threading.Thread(target=self._work, name="scripts", daemon=True)
        worker.start()
        wait = _FIRST_WAIT_SECONDS
        while not self._stopping:
            began = time.monotonic()
            try:
                self._serve()
            except AmqpError as error:
                if self._stopping:
                    break
                if time.monotonic() - began > _LONGEST_WAIT_SECONDS:
                    wait = _FIRST_WAIT_SECONDS
                say(f"{error}; next try in {wait:g} s")
                self._sleep(wait)
                wait = min(_LONGEST_WAIT_SECONDS, wait * 1.6)

    def stop(self) -> None:
        """Ends `run`; may be called by another thread or a signal handler. A script that runs is not waited for."""
        self._stopping = True
        self._wake()

    def _serve(self) -> None:
        configuration = self._configuration
        connection = self._connect(configuration)
        try:
            name = configuration.actions_queue
            connection.declare_queue(name, auto_delete=configuration.auto_delete)
            connection.bind_queue(name, configuration.exchange, name)
            connection.consume(name, prefetch=_PREFETCH)
            say(f"connected to {configuration.broker_ip}, serving {name}")
            announced = float("-inf")
            while not self._stopping:
                if time.monotonic() - announced >= configuration.announce_seconds:
                    # `idempotent` tells our VNFM that a request may be sent again without harm.
                    body = {"hostname": configuration.hostname, "idempotent": True}
                    connection.publish(configuration.exchange, configuration.register_key, _encoded(body))
                    announced = time.monotonic()
                for delivery in connection.poll(configuration.announce_seconds, self._wake_read):
                    self._waiting.put((connection, delivery))
                self._answer(connection)
        finally:
            connection.close()

    def _answer(self, connection: Connection) -> None:
        try:
            while os.read(self._wake_read, 1024) == b"\0" * 1024:
                pass
        except BlockingIOError:
            pass
        while True:
            try:
                asked_on, delivery, answer = self._done.get_nowait()
            except queue.Empty:
                return
            if asked_on is not connection:
                continue  # The broker gives the request again, and the stored answer answers it.
            if delivery.reply_to:
                # Through the exchange, not straight to the queue: the broker can limit where that leads. VNFMs that
                # do not bind their answer queues are reached the direct way, where the broker allows it.
                exchange = self._configuration.exchange if delivery.reply_to.startswith("ems.") else ""
                connection.publish(exchange, delivery.reply_to, _encoded(answer), delivery.correlation_id)
            connection.acknowledge(delivery.tag)

    def _work(self) -> None:
        while True:
            entry = self._waiting.get()
            if entry is None:
                return
            connection, delivery = entry
            self._done.put((connection, delivery, self._outcome(delivery)))
            self._wake()

    def _outcome(self, delivery: Delivery) -> dict[str, Any]:
        try:
            request = json.loads(delivery.body)
        except ValueError as error:
            return {"output": "", "err": f"the request is no JSON: {error}", "status": 1}
        if not isinstance(request, dict):
            return {"output": "", "err": "the request is no JSON object", "status": 1}
        request_id = str(request.get("id") or delivery.correlation_id)
        if request_id:
            answer = self._answers.find(request_id)
            if answer is not None:
                return answer
        say(f"{request.get('action')} {request.get('name') or ''}".rstrip())
        answer = self._act(self._configuration, request)
        if request_id:
            self._answers.keep(request_id, answer)
        return answer

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # It is awake already.
            os.write(self._wake_write, b"\0")

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < end:
            time.sleep(min(0.2, seconds))


def say(text: str) -> None:
    """Writes a line for the journal."""
    sys.stdout.write(f"nai-ems: {text}\n")
    sys.stdout.flush()


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _connect(configuration: Configuration) -> Connection:
    return Connection(
        configuration.broker_ip,
        configuration.broker_port,
        configuration.username,
        configuration.password,
        virtual_host=configuration.virtual_host,
        heartbeat_seconds=configuration.heartbeat_seconds,
    )
