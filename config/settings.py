"""Settings, read from the environment (or `.env` beside manage.py). docs/production.md lists them."""

import datetime
from importlib.util import find_spec
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
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
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
    # First: everything behind it can name the request.
    "programme.request_id.RequestIdMiddleware",
    "config.logs.AccessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.policy.PolicyMiddleware",
    "config.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.audit.AuditMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.middleware.ChosenLanguageMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.SecondStepMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.reading.ReplicaMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

if not DEBUG:
    # runserver serves static files itself. Before the compression: these are compressed already.
    MIDDLEWARE.insert(4, "whitenoise.middleware.WhiteNoiseMiddleware")

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
    # What the address says comes first: `?disable_server_side_cursors=True` where PgBouncer stands between.
    DATABASES["default"] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | DATABASES["default"]
    # A machine that is gone does not answer at all: its users soon hear that.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {})

# Streaming replicas, which what only reads is read from: see programme.replicas.
REPLICAS = []
for _url in env.list("REPLICA_URLS", default=[]):
    _replica = {"CONN_MAX_AGE": 60, "TEST": {"MIRROR": "default"}} | env.db_url_config(_url)
    if DATABASES["default"]["ENGINE"] != _replica["ENGINE"] or _replica["ENGINE"].endswith("sqlite3"):
        raise ImproperlyConfigured("REPLICA_URLS names replicas of a PostgreSQL database: DATABASE_URL has to name it.")
    # A machine that is gone does not answer at all: nobody waits long for it.
    _replica["OPTIONS"] = {"connect_timeout": 2, "tcp_user_timeout": 5_000} | _replica.get("OPTIONS", {})
    REPLICAS.append(f"replica_{len(REPLICAS) + 1}")
    DATABASES[REPLICAS[-1]] = _replica
DATABASE_ROUTERS = ["programme.replicas.Router"] if REPLICAS else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "accounts.views.form_expired"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Old keys that still open what SECRET_KEY closed: secrets of authenticator apps are encrypted with it.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# How long somebody stays signed in: at most, and without doing anything.
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600

# Who must sign in with a second step: an authenticator app or a passkey. Roles as in accounts.models.Role.
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[] if DEBUG else ["coordinator", "administrator"])

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": None,  # who comes in is no attack, and thousands may come through one address
    "login_failed": env.str("SIGN_IN_FAILURES", default="30/m/ip,10/15m/key"),
    "reset_password": env.str("PASSWORD_RESETS", default="20/m/ip,3/15m/key"),
}
ACCOUNT_FORMS = {
    "change_password": "django.contrib.auth.forms.PasswordChangeForm",
    "reauthenticate": "accounts.forms.PasswordConfirmationForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
}
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Phones' clocks are a little off; `accounts.forms` sees to it that a code still works only once.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.ConfirmationForm",
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
}

# Signing in with the organisation's own accounts (OpenID Connect). Without OIDC_ISSUER there is none.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="")
# By what the portal finds the account: "email", or "username" (preferred_username) where the issuer keeps it unique.
OIDC_MATCH = env.str("OIDC_MATCH", default="email")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SingleSignOnAdapter"
# A page of the strict policy may not send a form to the issuer's address, a link may lead there.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_ISSUER:
    if not OIDC_ISSUER.startswith("https://") and not DEBUG:
        raise ImproperlyConfigured("OIDC_ISSUER must begin with https://: who listens there signs people in.")
    if OIDC_MATCH not in ("email", "username"):
        raise ImproperlyConfigured("OIDC_MATCH is neither email nor username.")
    _missing = [name for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME") if not env.str(name, default="")]
    if _missing:
        raise ImproperlyConfigured(f"OIDC_ISSUER is set, and {', '.join(_missing)} not.")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID"),
                "secret": env.str("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
    }

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


def _storage(name: str, *, folder: str) -> dict:
    """A folder on this machine, a bucket (s3://bucket/beginning), or any class of storages with its options."""
    given = env.str(name, default="django.core.files.storage.FileSystemStorage")
    if not given.startswith("s3://"):
        return {"BACKEND": given, "OPTIONS": env.json(f"{name}_OPTIONS", default={"location": str(BASE_DIR / folder)})}
    if not find_spec("storages"):
        raise ImproperlyConfigured(f"{name}={given} needs what talks to S3: pip install '.[s3]'.")
    bucket, _slash, beginning = given.removeprefix("s3://").partition("/")
    options = {"bucket_name": bucket, "location": beginning, "region_name": env.str("S3_REGION", default=None)}
    if endpoint := env.str("S3_ENDPOINT", default=""):
        # Anybody's but Amazon's: a bucket need not have a name in the DNS there.
        options |= {"endpoint_url": endpoint, "addressing_style": "path"}
    return {"BACKEND": "programme.object_storage.ObjectStorage", "OPTIONS": options}


_static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage if DEBUG else "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # What people attach to reports: never under STATIC_ROOT, and served by the portal alone.
    "attachments": _storage("ATTACHMENT_STORAGE", folder="attachments"),
    # Results of jobs, and uploads that wait to be confirmed: nothing stays longer than a week.
    "passing": _storage("PASSING_STORAGE", folder="passing-files"),
}

# The virus scanner that sees files before they are kept: clamd at unix:///run/clamav/clamd.ctl or tcp://host:3310.
CLAMAV = env.str("CLAMAV", default="")
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
        "object-src": [NONE],
        "report-uri": "/policy-reports",
    }
}
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
THEME_COOKIE_NAME = "theme"
HTTPS = env.bool("HTTPS", default=not DEBUG)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    # The newer way to send reports, for which browsers want HTTPS; see config.policy.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["report-to"] = "policy-reports"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers take a cookie of such a name from this host alone, over HTTPS: no neighbour under the domain plants one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    THEME_COOKIE_NAME = "__Host-theme"

# Counts how often programs ask. In memory each process counts for itself, so with n of them the limits are n times as
# wide; a cache that all share (redis://…, dbcache://…) counts exactly.
CACHES = {
    "default": env.cache_url("CACHE_URL", default="locmemcache://"),
    # Parts of pages. Each process may keep its own: the keys tell what is out of date, see programme.stamps.
    "parts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "parts",
        "OPTIONS": {"MAX_ENTRIES": env.int("KEPT_PARTS", default=3000)},
    },
}

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
        # What browsers report about the content security policy, for each address.
        "policy_reports": "60/minute",
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
EMAIL_URL_IS_SET = "EMAIL_URL" in env.ENVIRON
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
# Seconds that a mail server may take for each step: nobody waits for it but the worker. See reports.outbox.
EMAIL_TIMEOUT = 20
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25"))
MAIL_TRANSPORT = vars()["EMAIL_BACKEND"]
EMAIL_BACKEND = "reports.outbox.EmailBackend"

# Whether records of the audit name the network address that a request came from.
AUDIT_ADDRESSES = env.bool("AUDIT_ADDRESSES", default=True)

# Seconds without a sign of life after which a worker counts as dead, and what it was doing is taken up again.
JOB_DEAD_AFTER = env.int("JOB_DEAD_AFTER", default=300)

# The certificate that signs the consolidated report's PDF (PKCS#12), and what signatures are validated against.
SIGNING_CERTIFICATE = env.str("SIGNING_CERTIFICATE", default="")
SIGNING_PASSPHRASE = env.str("SIGNING_PASSPHRASE", default="")
SIGNING_TRUST = env.str("SIGNING_TRUST", default="")

# The day the portal takes for today; empty means the real one. See programme.calendar.
PORTAL_TODAY = _date_or_none(env.str("PORTAL_TODAY", default=""))

# Who may read /metrics: by address (past the proxy only), or with a token.
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=["127.0.0.0/8", "::1"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# What backups are encrypted with; without it they are not.
BACKUP_KEY = env.str("BACKUP_KEY", default="")

# So long a migration waits for a table that is in use, and so long one of its statements may take; PostgreSQL's units.
MIGRATION_LOCK_TIMEOUT = env.str("MIGRATION_LOCK_TIMEOUT", default="5s")
MIGRATION_STATEMENT_TIMEOUT = env.str("MIGRATION_STATEMENT_TIMEOUT", default="0")

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEBUG else "json")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT={LOG_FORMAT!r} is not known: write json or line.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.LineFormatter"}, "json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # Requests and jobs, one line each; runserver has lines of its own.
        "portal": {"level": "WARNING" if DEBUG else "INFO"},
        # Where the audit's chains end: kept apart from the database, it shows whether one was cut off.
        "accounts.audit": {"level": "WARNING" if DEBUG else "INFO"},
    },
}
