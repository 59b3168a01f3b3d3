"""Settings, read from the environment (or `.env` beside manage.py). README, "Production", lists them."""

import datetime
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: put a long random value into the environment, or DEBUG=1.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",
    "config",
    "programme",
    "accounts",
    "activities",
    "budget",
    "reports",
    "analysis",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ChosenLanguageMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

if not DEBUG:
    # runserver serves static files itself. Before the compression: these are compressed already.
    MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.portal",
            ],
            "builtins": ["programme.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without these, concurrent writers fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "accounts.views.form_expired"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Names stand in their own language, so that a reader finds his own.
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
LANGUAGE_CODE = "kk"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("kk",)

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
_static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage if DEBUG else "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # What people attach to reports: never under STATIC_ROOT, and served by the portal alone.
    "attachments": {
        "BACKEND": env.str("ATTACHMENT_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("ATTACHMENT_STORAGE_OPTIONS", default={"location": str(BASE_DIR / "attachments")}),
    },
    # Results of jobs, and uploads that wait to be confirmed: nothing stays longer than a week.
    "passing": {
        "BACKEND": env.str("PASSING_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("PASSING_STORAGE_OPTIONS", default={"location": str(BASE_DIR / "passing-files")}),
    },
}

FILE_UPLOAD_HANDLERS = [
    "reports.attachments.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# A text of a million letters still gets its answer from the form: Cyrillic takes six bytes a letter on the way.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
HTTPS = env.bool("HTTPS", default=not DEBUG)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Counts how often programs ask. In memory each process counts for itself, so with n of them the limits are n times as
# wide; a cache that all share (redis://…, dbcache://…) counts exactly.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one names the way to sign in, so that an anonymous request gets 401.
        "accounts.api.TokenAuthentication",
        "accounts.api.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.api.Scoped"],
    "DEFAULT_THROTTLE_CLASSES": ["config.api.ReadThrottle", "config.api.WriteThrottle"],
    # For each token, or each person without one; wrong secrets for each address.
    "DEFAULT_THROTTLE_RATES": {
        "reads": env.str("API_READS", default="600/minute"),
        "writes": env.str("API_WRITES", default="120/minute"),
        "failed_sign_ins": env.str("API_FAILED_SIGN_INS", default="20/minute"),
    },
    # How many proxies stand before the portal: the address that asks is what the outermost of them saw.
    "NUM_PROXIES": env.int("PROXIES", default=1 if HTTPS else 0),
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.Negotiation",
    # OPTIONS is answered 405: what can be done is in the schema.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.api.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "config.openapi.PortalSchema",
    "EXCEPTION_HANDLER": "config.problems.handle_exception",
    "PAGE_SIZE": 100,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Programme portal API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.with_words_of_the_reader",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AgencyKind": "programme.models.Agency.Kind",
        "RegionKind": "programme.models.Region.Kind",
        "FindingKind": "programme.models.Finding.Kind",
        "FundingSource": "programme.models.FundingSource",
        "TotalSource": "programme.models.TotalSource",
        "TargetQuantity": "programme.models.ResultTarget.Quantity",
        "ActivityFunding": "activities.models.Activity.Funding",
        "ResponsibilityRole": "activities.models.Responsibility.Role",
        "PeriodState": "reports.models.Period.State",
        "SubmissionState": "reports.models.Submission.State",
        "Timing": "reports.timeliness.Timing",
        "Rule": "reports.models.Rule",
        "DocumentKind": "activities.models.DocumentKind",
        "EntryStatus": "reports.models.Entry.Status",
        "EventAction": "reports.models.SubmissionEvent.Action",
        "CommentField": "reports.models.Comment.Field",
        "WaivableRule": "reports.api.review.WAIVABLE",
        "ConsolidatedReportState": "reports.api.reading.ReportState",
    },
}


def _date_or_none(text: str) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ImproperlyConfigured(f"PORTAL_TODAY={text!r} is not a date: write it as 2009-07-06.") from None


# Links in e-mails begin with this address.
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
# Seconds: who files a report does not wait longer for a mail server that does not answer.
EMAIL_TIMEOUT = 5
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25"))

# The certificate that signs the consolidated report's PDF (PKCS#12), and what signatures are validated against.
SIGNING_CERTIFICATE = env.str("SIGNING_CERTIFICATE", default="")
SIGNING_PASSPHRASE = env.str("SIGNING_PASSPHRASE", default="")
SIGNING_TRUST = env.str("SIGNING_TRUST", default="")

# The day the portal takes for today; empty means the real one. See programme.calendar.
PORTAL_TODAY = _date_or_none(env.str("PORTAL_TODAY", default=""))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
