"""
A limit of time for what is asked of Postgres. By itself libpq waits for ever for a server that has
accepted and is silent; each request then keeps a thread, until none is left for /health.
"""
import math
import select
import threading
import time
from contextlib import contextmanager

from psycopg2 import OperationalError, extensions

# No request is worth more: its client has gone by then.
QUERY_SECONDS = 5

_thread = threading.local()


def limit_queries():
    """From now on, in this process. Migrations may take longer, so they are another process."""
    extensions.set_wait_callback(_wait)


@contextmanager
def within(seconds):
    """All that this thread asks in the block may take so long together."""
    _thread.end = time.monotonic() + seconds
    try:
        yield
    finally:
        del _thread.end


def _wait(connection):
    """What psycopg2 calls to wait for the server; after an error it closes the connection."""
    end = min(time.monotonic() + QUERY_SECONDS, getattr(_thread, "end", math.inf))
    while (state := connection.poll()) != extensions.POLL_OK:
        reads = state == extensions.POLL_READ
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN if reads else select.POLLOUT)
        if not waiting.poll(max(0, end - time.monotonic()) * 1000):
            raise OperationalError("Postgres does not answer in time")
