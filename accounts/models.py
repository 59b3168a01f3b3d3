"""Users: who they are, for which agency they act, and what their role lets them do."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Agency


class Role(models.TextChoices):
    REPORTER = "reporter", _("reporter")
    SIGNATORY = "signatory", _("signatory")
    COORDINATOR = "coordinator", _("coordinator")
    ANALYST = "analyst", _("analyst")
    ADMINISTRATOR = "administrator", _("administrator")


# Reporters and signatories act for one agency and see only its reports.
AGENCY_ROLES = (Role.REPORTER, Role.SIGNATORY)


class PortalUserManager(UserManager):
    def create_superuser(self, username, email=None, password=None, **fields):
        """The first account of a new portal manages the others."""
        return super().create_superuser(username, email, password, **{"role": Role.ADMINISTRATOR} | fields)


class User(AbstractUser):
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.ANALYST)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("agency")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    is_demonstration = models.BooleanField(_("demonstration account"), default=False)

    objects = PortalUserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="agency_roles_have_an_agency",
                condition=~models.Q(role__in=AGENCY_ROLES) | models.Q(agency__isnull=False),
                violation_error_message=_("A reporter or signatory needs an agency."),
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    @property
    def files_for_agency(self) -> bool:
        """May enter and submit what his agency owes."""
        return self.role in AGENCY_ROLES

    @property
    def coordinates(self) -> bool:
        """May review submissions, compile and finalise."""
        return self.role == Role.COORDINATOR

    @property
    def reads_everything(self) -> bool:
        """Sees the filed reports of every agency."""
        return self.role in (Role.COORDINATOR, Role.ANALYST, Role.ADMINISTRATOR)
