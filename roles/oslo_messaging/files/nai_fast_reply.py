"""Lets remote calls of oslo.messaging see their answer after 10 ms instead of up to 500 ms.

Since a change for Launchpad bug 2035113, `ReplyWaiters.get` looks for an answer, sleeps half a second, and looks
again, so that every RPC call of Nova and Neutron takes at least 0.5 s. No option shortens the sleep. The `.pth` file
beside this module installs a hook that changes that one constant when the driver is imported, in the running process
only: no file of a package is touched, an upgrade of the package cannot undo it in silence, and removing the two files
takes it back.

A function that is not the known one (no sleep of exactly 0.5 s, or more than one) is left as it is, with one line on
standard error, which the journal of the service keeps.
"""

import sys

MODULE = "oslo_messaging._drivers.amqpdriver"
KNOWN_SECONDS = 0.5
REPLY_POLL_SECONDS = 0.01


def shorten(function):
    """Returns whether the sleep in `function` was found and shortened.

    Args:
        function: `ReplyWaiters.get` of the driver.
    """
    code = function.__code__
    known = [constant for constant in code.co_consts if isinstance(constant, float)]
    if known != [KNOWN_SECONDS] or not {"sleep", "_queues", "Empty"} <= set(code.co_names):
        return False
    function.__code__ = code.replace(
        co_consts=tuple(REPLY_POLL_SECONDS if isinstance(constant, float) else constant for constant in code.co_consts)
    )
    return True


def patch(module):
    """Shortens the poll of an imported driver module, or says that it does not know it."""
    waiters = getattr(module, "ReplyWaiters", None)
    if waiters is None or not shorten(waiters.get):
        sys.stderr.write("nai_fast_reply: this oslo.messaging polls for replies in another way; it is left as it is\n")


class Finder:
    """Import hook: finds the one module as always, and patches it once its code has run."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Implements `importlib.abc.MetaPathFinder.find_spec`."""
        if name != MODULE:
            return None
        sys.meta_path.remove(Finder)
        from importlib.util import find_spec  # noqa: PLC0415  # every Python start pays for what is imported above

        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                patch(module)

            spec.loader.exec_module = exec_module
        return spec


def install():
    """Installs the hook once."""
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
