"""Answers on their way to slow lines."""

from django.middleware.gzip import GZipMiddleware

# What is text; spreadsheets, PDF and archives are compressed already.
_TEXTS = ("text/", "application/json", "application/problem+json", "application/vnd.oai.openapi", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Compresses texts, streamed ones too, with a length that tells nobody what stands in them (BREACH).

    An answer with an ETag is left as it is: compressed, it would have to bear a weak one, and If-Match takes strong
    ones alone.
    """

    def process_response(self, request, response):
        if response.has_header("ETag") or not response.get("Content-Type", "").startswith(_TEXTS):
            return response
        return super().process_response(request, response)
