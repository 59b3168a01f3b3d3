"""What file inputs accept."""

from django import template

from ..attachments import ACCEPTED

register = template.Library()


@register.simple_tag
def accepted_types() -> str:
    """For the attribute `accept`."""
    return ",".join(f".{extension}" for extension in ACCEPTED)
