"""Imports of agencies and of those who act for them."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import AGENCY_ROLES, Role, User
from programme.models import Agency, Programme, Region
from reports.periods import generate_periods

from .columns import Choice, Code, Column, Email, Reference, Text, Whole, YesNo, in_three_languages
from .resource import ImportResource


def region_column(*, hint) -> Column:
    return Column(
        "region_id",
        gettext_lazy("Region"),
        Reference(
            lambda: Region.objects.values_list("pk", "code", "name"), gettext_lazy("There is no region “%(value)s”.")
        ),
        hint=hint,
        example="KZ-AKT",
    )


def agencies():
    return Agency.objects.values_list("pk", "code", "name")


NO_AGENCY = gettext_lazy("There is no agency “%(value)s”.")


class AgencyImport(ImportResource):
    title = pgettext_lazy("import", "Agencies")
    about = gettext_lazy(
        "Names may change; the kind and the region of an agency that is there already may not. "
        "A new agency that files reports owes them from the first half-year for which the plan names it."
    )
    code = Column("code", gettext_lazy("Code"), Code(50), needed=True, example="akimat-akt")
    kind = Column("kind", gettext_lazy("Kind"), Choice(Agency.Kind.choices), needed=True)
    region = region_column(hint=gettext_lazy("The region's code. Akimats have one, others need none."))
    name_kk, name_ru, name_en = in_three_languages(gettext_lazy("Name"), lambda: Text(200), "name")
    short_name_kk, short_name_ru, short_name_en = in_three_languages(
        gettext_lazy("Short name"), lambda: Text(80), "short_name"
    )
    files_reports = Column(
        "files_reports",
        gettext_lazy("Files reports"),
        YesNo(nothing=None),
        keeps=True,
        hint=gettext_lazy("A new agency without an answer files none."),
    )
    ordinal = Column(
        "ordinal",
        gettext_lazy("Order"),
        Whole(),
        keeps=True,
        hint=gettext_lazy("Its place in lists. A new agency without one comes last."),
    )

    derived = ("words",)

    class Meta:
        model = Agency
        import_id_fields = ("code",)

    def refusal(self, column, instance, new):
        if instance.pk and column.name in ("kind", "region"):
            return _("The kind and the region of an agency that is there already are not changed by an import.")
        return None

    def check_row(self, instance, row, is_new):
        if instance.kind == Agency.Kind.AKIMAT and instance.region_id is None and "region" not in row.errors:
            row.refuse("region", _("An akimat needs a region."))

    def complete(self, instance, is_new):
        if instance.ordinal is None:
            self.last = getattr(self, "last", None) or Agency.objects.aggregate(last=Max("ordinal"))["last"] or 0
            self.last += 1
            instance.ordinal = self.last

    def after_import(self, dataset, result, **kwargs):
        if not self.is_dry_run:
            owe_reports()


def owe_reports() -> None:
    """Drafts for those who owe reports now."""
    for programme in Programme.objects.order_by("pk"):
        generate_periods(programme)


class Username(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        UnicodeUsernameValidator()(text)
        return text


IN_ADMINISTRATION = gettext_lazy("Coordinators and administrators are made in the administration, not by an import.")


class UserImport(ImportResource):
    title = gettext_lazy("Users")
    about = gettext_lazy(
        "Reporters, signatories and analysts. A new user gets an e-mail with a link to choose a password; there are no "
        "passwords in files. Accounts of coordinators and administrators are not changed by an import."
    )
    username = Column("username", gettext_lazy("User name"), Username(150), needed=True, example="reporter.akt")
    first_name = Column("first_name", gettext_lazy("First name"), Text(150))
    last_name = Column("last_name", gettext_lazy("Last name"), Text(150))
    email = Column(
        "email",
        gettext_lazy("E-mail"),
        Email(254),
        hint=gettext_lazy("Without an address nobody can be invited."),
        example="a.akhmetova@akt.kz",
    )
    role = Column(
        "role",
        gettext_lazy("Role"),
        Choice(Role.choices, instead=dict.fromkeys((Role.COORDINATOR, Role.ADMINISTRATOR), IN_ADMINISTRATION)),
        needed=True,
    )
    agency = Column(
        "agency_id",
        gettext_lazy("Agency"),
        Reference(agencies, NO_AGENCY),
        hint=gettext_lazy("The agency's code. Reporters and signatories act for one."),
        example="akimat-akt",
    )
    language = Column(
        "language",
        gettext_lazy("Language"),
        Choice(settings.LANGUAGES, nothing=None),
        keeps=True,
        hint=gettext_lazy("A new user without one gets Kazakh."),
    )
    is_active = Column(
        "is_active",
        gettext_lazy("Active"),
        YesNo(nothing=None),
        keeps=True,
        hint=gettext_lazy("“No” keeps a person from signing in. A new user is active."),
    )

    class Meta:
        model = User
        import_id_fields = ("username",)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.invited: list[User] = []

    def stored(self):
        return (user for user in super().stored() if not user.was_protected)

    def folded(self, key):
        return (key[0].casefold(),)

    def existing_keys(self):
        stored = super().existing_keys()
        self.spellings = {key[0].casefold(): key[0] for key in stored}
        return stored

    def check_row(self, instance, row, is_new):
        name = row.values.get("username", "")
        spelt = self.spellings.get(name.casefold(), name)
        if is_new and spelt != name:
            row.refuse("username", _("There is an account “%(name)s”; capitals make no other name.") % {"name": spelt})
        if not is_new and instance.was_protected:
            row.refuse("username", _("This account is managed in the administration, not by an import."))
        elif instance.role in AGENCY_ROLES and instance.agency_id is None and "agency" not in row.errors:
            row.refuse("agency", _("A reporter or signatory needs an agency."))

    def load(self, instance):
        instance.was_protected = is_protected(instance)

    def complete(self, instance, is_new):
        if is_new:
            instance.password = make_password(None)
            if instance.is_active:
                self.invited.append(instance)


def is_protected(user: User) -> bool:
    return user.role in (Role.COORDINATOR, Role.ADMINISTRATOR) or user.is_staff or user.is_superuser
