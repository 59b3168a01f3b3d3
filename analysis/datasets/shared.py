"""Columns that several datasets have: what a row is about. Order of the bases is the order of the columns."""

from django.utils.translation import gettext_lazy as _

from programme.models import FundingSource
from reports.models import Submission

from ..writing.table import Kind
from .columns import Column, codes
from .dataset import Dataset


class OfPeriod(Dataset):
    programme = Column(_("Programme"), _("Slug of the programme."), of="period", attribute="programme.slug")
    period = Column(_("Half-year, code"), _("Code of the half-year, such as 2009-H1."), of="period", attribute="code")
    period_title = Column(_("Half-year"), _("The half-year in words."), of="period", attribute="title")


class OfPlan(Dataset):
    programme = Column(_("Programme"), _("Slug of the programme."), of="activity", attribute="programme.slug")


class OfBody(Dataset):
    agency = Column(_("Agency, code"), _("Code of the agency."), of="agency", attribute="code")
    agency_name = Column(_("Agency"), _("Full name of the agency."), of="agency", attribute="name")


class OfAgency(OfBody):
    region = Column(
        _("Region, code"),
        _("Code of the agency's region; empty for a central body."),
        of="agency",
        attribute="region.code",
    )
    region_name = Column(
        _("Region"), _("Name of the agency's region; empty for a central body."), of="agency", attribute="region.name"
    )


class OfActivity(Dataset):
    activity = Column(
        _("Row of the plan"), _("Row of the plan, counted from 1."), Kind.INTEGER, of="activity", attribute="ordinal"
    )
    activity_title = Column(_("Activity"), _("Title of the activity."), of="activity", attribute="title")
    section = Column(
        _("Section"), _("Number of the section of the plan."), Kind.INTEGER, of="activity", attribute="section.number"
    )
    section_title = Column(
        _("Title of the section"), _("Title of the section of the plan."), of="activity", attribute="section.title"
    )


class OfLine(Dataset):
    region = Column(
        _("Region, code"), _("Code of the line's region; empty: the republican level."), of="region", attribute="code"
    )
    region_name = Column(
        _("Region"), _("Name of the line's region; empty: the republican level."), of="region", attribute="name"
    )
    year = Column(_("Year"), _("Calendar year that the amount is planned for."), Kind.INTEGER, of="line")
    source = Column(_("Funding source, code"), codes(FundingSource), of="line")
    source_name = Column(
        _("Funding source"), _("The funding source in words."), of="line", attribute="source", labels=FundingSource
    )


class OfReport(Dataset):
    """Needs `state` of the submission."""

    state = Column(_("State, code"), codes(Submission.State))
    state_name = Column(_("State"), _("The state of the report in words."), attribute="state", labels=Submission.State)
