"""The worked example in docs/api.md is run as it stands, by bash and curl, against a server."""

import datetime
import os
import re
import subprocess
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from accounts import tokens
from accounts.models import Scope
from reports import review

from .one_connection import kept_open
from .reports.scenes import filed
from .reports.uploads import PDF


@pytest.fixture
def portal(db, settings):
    """The address of a server in this process, on this test's connection: what it writes is gone with the test.

    It may be asked one request at a time, while the test waits.
    """
    settings.PORTAL_TODAY = datetime.date(2009, 7, 6)  # a server's threads do not see the pretended moment
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    shared = connections["default"]
    shared.inc_thread_sharing()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    thread = threading.Thread(target=serve, args=(server, shared), daemon=True)
    thread.start()
    with kept_open():
        yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    shared.dec_thread_sharing()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


def serve(server, shared) -> None:
    connections["default"] = shared
    server.serve_forever(poll_interval=0.05)


def test_the_example_mends_and_files_a_returned_report(portal, user, tmp_path):
    report = filed("akimat-akt", user("reporter.akt"))
    review.comment(submission=report, by=user("coordinator"), text="14-жолды нақтылаңыз")
    review.return_for_rework(submission=report, by=user("coordinator"), reason="Нақтылаңыз")
    _token, secret = tokens.make(
        by=user("signatory.akt"), name="curl", scopes=[*Scope], expires_on=datetime.date(2009, 12, 31)
    )
    (tmp_path / "act.pdf").write_bytes(PDF)
    page = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    script = re.search(r"<!-- example -->\n```bash\n(.*?)```\n<!-- /example -->", page, re.DOTALL)[1]

    ran = subprocess.run(
        ["bash"],
        input=script,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PORTAL": portal, "TOKEN": secret, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    receipt = report.copies.last().receipt
    assert ran.stdout.splitlines() == [
        "State: returned, first activity: 14",
        'Version "1" became 2, complete: True',
        "412 changed_meanwhile: Мектептің құрылысы аяқталды, 40 орын ашылды.",
        f"Attached: act.pdf, {len(PDF)} bytes",
        "Can be filed: True",
        f"Receipt: {receipt}",
        f"Receipt: {receipt}",
        f"Filed by signatory.akt at {report.copies.last().filed_at.astimezone().isoformat()}",
        "Comment: 14-жолды нақтылаңыз",
        "Answers: Нақтыланды.",
    ]
    assert report.copies.count() == 2
