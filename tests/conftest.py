"""The database holds the decree and a fixed cast; every test may count on both."""

import datetime
import os
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage
from django.core.management import call_command

from programme import calendar

ALMATY = ZoneInfo("Asia/Almaty")

# username: role, agency. The reporter of Kostanay is the outsider.
CAST = {
    "coordinator": ("coordinator", "moes"),
    "coordinator2": ("coordinator", "moes"),
    "analyst": ("analyst", None),
    "leader": ("leadership", None),
    "akim.akt": ("leadership", "akimat-akt"),
    "administrator": ("administrator", None),
    "reporter.akt": ("reporter", "akimat-akt"),
    "signatory.akt": ("signatory", "akimat-akt"),
    "reporter.kus": ("reporter", "akimat-kus"),
    "reporter.moes": ("reporter", "moes"),
    "reporter.moh": ("reporter", "moh"),
}


def pytest_xdist_auto_num_workers() -> int:
    """A process more than processors: tests in a browser wait as much as they work."""
    return (os.cpu_count() or 1) + 1


def pytest_configure():
    """Half a second for each password is for real ones."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    from accounts.models import User
    from programme.models import Agency

    with django_db_blocker.unblock():
        call_command("load_programme", verbosity=0)
        agencies = {agency.code: agency for agency in Agency.objects.all()}
        for username, (role, agency) in CAST.items():
            User.objects.create(
                username=username, role=role, agency=agencies.get(agency), is_staff=role == "administrator"
            )


@pytest.fixture(autouse=True)
def _deadline_season():
    """Every test runs on 6 July 2009, noon in Almaty, unless it says otherwise."""
    with calendar.pretend(datetime.datetime(2009, 7, 6, 12, 0, tzinfo=ALMATY)):
        yield


@pytest.fixture(autouse=True)
def _files_in_memory(monkeypatch):
    """Files that a test attaches, uploads or makes are gone with it."""
    from analysis.models import Job
    from reports.models import Attachment, WorkbookUpload

    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", InMemoryStorage())
    passing = InMemoryStorage()
    for field in (WorkbookUpload._meta.get_field("file"), Job._meta.get_field("source"), Job._meta.get_field("result")):
        monkeypatch.setattr(field, "storage", passing)


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet():
    """Requests to the API are counted for each test alone."""
    cache.clear()


@pytest.fixture
def programme(db):
    from programme.models import Programme

    return Programme.objects.get(slug="children-2007-2011")


@pytest.fixture
def user(db):
    """Look up one of the cast: `user("reporter.akt")`."""
    from accounts.models import User

    return lambda username: User.objects.select_related("agency").get(username=username)


@pytest.fixture
def browse(user, client):
    """A test client signed in as one of the cast, in a language: `browse("analyst", "ru")`."""
    from django.test import Client

    from accounts.models import User

    def sign_in(username: str | None = None, language: str = "en") -> Client:
        browser = Client()
        if username:
            User.objects.filter(username=username).update(language=language)
            browser.force_login(user(username))
        else:
            browser.cookies["django_language"] = language
        return browser

    return sign_in
