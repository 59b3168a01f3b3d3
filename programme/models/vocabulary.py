"""What the portal's texts are made of, so that a word typed wrong finds the one that was meant."""

from django.db import models

from ..words import LONGEST


class Word(models.Model):
    """A word of letters only that stands, or stood, in some text that search looks into, folded as `words` folds."""

    text = models.CharField(max_length=LONGEST, primary_key=True)

    class Meta:
        ordering = ["text"]

    def __str__(self):
        return self.text
