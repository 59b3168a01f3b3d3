"""The portal as in production, and what measures it; `bench_data` besides."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
# Outermost, so that its processor time is that of the whole portal.
MIDDLEWARE = ["tests.bench.http.measured.Measured", *MIDDLEWARE]
ROOT_URLCONF = "tests.bench.http.urls"
