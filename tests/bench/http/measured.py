"""What an answer cost in the worker, said in its headers."""

import os
import time
from contextlib import ExitStack

from django.db import connections

QUERIES, DATABASE, PROCESSOR, WORKER = "X-Bench-Queries", "X-Bench-Database", "X-Bench-Processor", "X-Bench-Worker"


class Measured:
    """Counts queries, milliseconds in the database and of the processor. Streamed bodies come after that."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        counted = _Counted()
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(counted))
            start = time.thread_time()
            response = self.get_response(request)
            used = time.thread_time() - start
        response[QUERIES] = str(counted.queries)
        response[DATABASE] = f"{counted.seconds * 1000:.2f}"
        response[PROCESSOR] = f"{used * 1000:.2f}"
        response[WORKER] = str(os.getpid())
        return response


class _Counted:
    def __init__(self):
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - start
