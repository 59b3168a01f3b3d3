"""Regions and the bodies that answer for the plan. They outlive a programme, so they belong to none."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..words import WordsField


class Region(models.Model):
    class Kind(models.TextChoices):
        OBLAST = "oblast", _("oblast")
        CITY = "city", _("city")

    code = models.CharField(_("code"), max_length=6, unique=True)
    ordinal = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=60)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["ordinal"]

    def __str__(self):
        return self.name


class Agency(models.Model):
    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("ministry")
        AKIMAT = "akimat", _("akimat")
        CENTRAL = "central", _("central body")
        CIVIL = "civil", _("civil society")
        INTERNATIONAL = "international", _("international organisation")

    code = models.SlugField(_("code"), unique=True)
    ordinal = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="agencies", verbose_name=_("region")
    )
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80)
    files_reports = models.BooleanField(_("files reports"), default=False)
    words = WordsField(
        of=("name_kk", "name_ru", "name_en", "short_name_kk", "short_name_ru", "short_name_en", "code"),
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["ordinal"]

    def __str__(self):
        return self.short_name
