import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Role, User


@pytest.mark.parametrize("role", [Role.REPORTER, Role.SIGNATORY])
def test_a_reporter_or_signatory_needs_an_agency(db, role):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="somebody", role=role)


@pytest.mark.parametrize(
    ("username", "files", "coordinates", "reads"),
    [
        ("reporter.akt", True, False, False),
        ("signatory.akt", True, False, False),
        ("coordinator", False, True, True),
        ("analyst", False, False, True),
        ("administrator", False, False, True),
    ],
)
def test_what_each_role_may_do(user, username, files, coordinates, reads):
    person = user(username)
    assert (person.files_for_agency, person.coordinates, person.reads_everything) == (
        files,
        coordinates,
        reads,
    )


def test_the_first_account_is_an_administrator(db):
    call_command("createsuperuser", "--no-input", "--username=root", "--email=root@example.kz", verbosity=0)
    root = User.objects.get(username="root")
    assert (root.role, root.is_staff, root.language) == (Role.ADMINISTRATOR, True, "kk")
