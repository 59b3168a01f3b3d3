"""Users: who they are, for which agency they act, and what their role lets them do."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.models import Agency


class Role(models.TextChoices):
    REPORTER = "reporter", _("reporter")
    SIGNATORY = "signatory", _("signatory")
    COORDINATOR = "coordinator", _("coordinator")
    ANALYST = "analyst", _("analyst")
    LEADERSHIP = "leadership", _("leadership")
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
                condition=~Q(role__in=AGENCY_ROLES) | Q(agency__isnull=False),
                violation_error_message=_("A reporter or signatory needs an agency."),
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    @property
    def files_for_agency(self) -> bool:
        """May enter and submit what his agency owes, and sees its drafts."""
        return self.role in AGENCY_ROLES

    @property
    def coordinates(self) -> bool:
        """May review submissions, compile and finalise."""
        return self.role == Role.COORDINATOR

    @property
    def reads_everything(self) -> bool:
        """Sees the filed reports of every agency."""
        everywhere = self.role == Role.LEADERSHIP and self.agency_id is None
        return everywhere or self.role in (Role.COORDINATOR, Role.ANALYST, Role.ADMINISTRATOR)

    @property
    def reads_agency(self) -> bool:
        """Sees the reports of his agency: those who file for it, and its head."""
        return self.files_for_agency or (self.role == Role.LEADERSHIP and self.agency_id is not None)


class Scope(models.TextChoices):
    """What a token lets a machine do; never more than the person whose token it is.

    The secret of a calendar stands in an address, so it opens that calendar and nothing else.
    """

    READ = "read", _("read")
    WRITE = "write", _("enter, attach and answer")
    FILE = "file", _("send for signature, file and review")
    CALENDAR = "calendar", _("read the calendar of due dates")


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own, and for those who file for an agency their colleagues': one may have to be revoked."""
        own = Q(user=user)
        if user.files_for_agency:
            own |= Q(agency=user.agency, user__role__in=AGENCY_ROLES)
        return self.filter(own)


class ApiToken(models.Model):
    """Lets a machine act for a person through the API. The secret itself is shown once and kept nowhere.

    It stops when it is revoked or runs out, and when the person is no longer active or acts for another agency.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="api_tokens", verbose_name=_("agency")
    )
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(_("scopes"), default=list)
    # Of a long random secret, so that a plain hash is safe.
    sha256 = models.CharField(max_length=64, unique=True)
    # The first letters, so that people tell one from another.
    beginning = models.CharField(_("begins with"), max_length=20)
    created_at = models.DateTimeField(_("created"))
    expires_on = models.DateField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revoked by")
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-created_at", "pk"]

    def __str__(self):
        return self.name
