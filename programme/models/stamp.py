"""What tells that something changed."""

from django.db import models


class Stamp(models.Model):
    """A random value that the database itself changes with every write to what pages are made of.

    "plan" for what stands in plans, of whichever programme; "reports:7" for what was filed in programme 7 and what was
    made of it. Triggers do it, see programme/migrations/_stamps.py; `programme.stamps` reads it.
    """

    subject = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=36)

    def __str__(self):
        return self.subject
