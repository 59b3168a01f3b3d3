"""gunicorn reads this file by itself when it is started here.

Nothing of the portal is imported: what the first process knows, all later ones inherit, even those of a newer version.
"""

import os
import shutil
import tempfile

# Its processes count for themselves; here whichever is asked finds the counts of all. Before prometheus_client is
# imported anywhere, which looks for it then.
_folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="portal-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder
# Nobody controls it but by signals.
control_socket_disable = True


def child_exit(server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    shutil.rmtree(_folder, ignore_errors=True)
