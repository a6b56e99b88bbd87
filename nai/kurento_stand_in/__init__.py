"""A stand-in for the Kurento media server: its protocol, its objects and its load, without media.

The embedded platform has no package of the real one. Applications, the EMM and the monitoring speak to this program as
they speak to Kurento 6.6: JSON-RPC 2.0 over WebSocket at `ws://…:8888/kurento` (wire contract, section 10). It runs
inside instances: nothing of the rest of the package is there, only Python and `websockets` of Debian.
"""
