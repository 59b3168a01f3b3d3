"""The database that everything starts from: every migration, the decree, the fixed cast of the tests."""

from django.core.management import call_command


def fill() -> None:
    from accounts.models import User
    from programme.models import Agency

    from ..conftest import CAST

    call_command("migrate", verbosity=0)
    call_command("load_programme", verbosity=0)
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    for username, (role, agency) in CAST.items():
        User.objects.create(username=username, role=role, agency=agencies.get(agency), is_staff=role == "administrator")


if __name__ == "__main__":
    import django

    django.setup()
    fill()
