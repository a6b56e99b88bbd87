"""The agent inside an instance: runs the scripts that a VNFM sends over the broker.

It stands alone: Python 3.7's standard library and, for a Git address, `git`. It brings its own AMQP client, because an
instance may have no network to install one from. It travels in the user data as one zip file that Python runs.
"""
