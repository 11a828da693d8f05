"""Every setting of the product, read once from the environment. Sync.

Odd values stop the start with one clear sentence (`livecomments.environment`). Where
`DATABASE_URL`, `REDIS_URL` or `SECRET_KEY` is not set, the local servers that `make run` started
are used. docs/ARCHITECTURE.md names each variable.
"""

import os
import socket
from pathlib import Path

from csp.constants import NONE, SELF
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from livecomments.environment import (
    BASE_DIR,
    VAR_DIR,
    database_from,
    env_flag,
    env_int,
    env_list,
    env_origins,
    env_required,
    redis_address,
)

# --- the product ------------------------------------------------------------------------------

DEBUG = env_flag("DEBUG")
SECRET_KEY = env_required("SECRET_KEY")
REDIS_URL = redis_address(env_required("REDIS_URL"))

# Who answers, in `X-Process` and viewer counts: no two processes of an installation share a name.
PROCESS = os.environ.get("LIVECOMMENTS_PROCESS") or f"web-{socket.gethostname()}-{os.getpid()}"
# System checks that somebody decided to live without; docs/CHECKS.md says what each protects.
SILENCED_SYSTEM_CHECKS = env_list("LIVECOMMENTS_SILENCED_CHECKS", default=[])

# Limits, the identical-text rule and pacing off: for replays and load tests, never in production.
NO_LIMITS = env_flag("LIVECOMMENTS_NO_LIMITS")
# An id has 10 bits for the partition. A stream keeps its partition when this number changes.
PARTITIONS = env_int("LIVECOMMENTS_PARTITIONS", default=2, minimum=1, maximum=1_024)
# Pages of these origins may open the socket, beside those of our own host.
ALLOWED_ORIGINS = env_origins("LIVECOMMENTS_ALLOWED_ORIGINS")
# How many proxies of ours stand in front; X-Forwarded-For is believed exactly that far.
TRUSTED_PROXIES = env_int("LIVECOMMENTS_TRUSTED_PROXIES", default=0, minimum=0, maximum=10)
TICKET_SECONDS = env_int(
    "LIVECOMMENTS_TICKET_SECONDS", default=900, minimum=900, maximum=7 * 24 * 3_600
)
# What `manage.py train_spam_model` wrote; without the file, that layer is off.
SPAM_MODEL = Path(os.environ.get("LIVECOMMENTS_SPAM_MODEL") or VAR_DIR / "spam-model.json")

# --- Django -----------------------------------------------------------------------------------

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "daphne",  # first: it brings `runserver` for ASGI
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "livecomments.adminsite.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_ratelimit",
    "django_vite",
    "csp",
    "livecomments",
    "livecomments.accounts",
    "streams",
    "comments",
    "reactions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "livecomments.pages.PermissionsPolicyMiddleware",
    "livecomments.staticfiles.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "livecomments.languages.PageLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "livecomments.pages.UnavailableMiddleware",  # last: it sees what views raise
]

ROOT_URLCONF = "livecomments.urls"
ASGI_APPLICATION = "livecomments.asgi.application"

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
            ]
        },
    }
]

DATABASES = {"default": database_from(env_required("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lc:cache",
        "OPTIONS": {
            # A page that finds Redis away goes on with Postgres instead of failing.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            "CONNECTION_POOL_CLASS": "livecomments.cachepool.CachePool",
            # redis-py retries by itself, which would count a rate-limited request twice.
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0), "max_connections": 200},
        },
    }
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "prefix": "lc:layer",
            "hosts": [
                {
                    "address": REDIS_URL,
                    # A subscriber may hear nothing for minutes; redis-py would cut it after 5 s.
                    "socket_timeout": None,
                    "socket_connect_timeout": 2,
                    # The hub notices a loss by the frame numbers: nothing may be sent twice.
                    "retry": AsyncRetry(NoBackoff(), 0),
                }
            ],
        },
    }
}

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["livecomments.accounts.backends.NameBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3_600
# Sessions come from Redis, and from Postgres where Redis is away.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "lc_session"
CSRF_COOKIE_NAME = "lc_csrf"
# Scripts get the CSRF token from the page, never from the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "livecomments.pages.csrf_failure"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "Live comments <noreply@localhost>"

# django-ratelimit, for the entry points that are not posts (livecomments/accounts/throttle.py).
RATELIMIT_ENABLE = not NO_LIMITS

# --- REST -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that its challenge makes "who are you?" a 401.
        "livecomments.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["livecomments.accounts.permissions.TokenScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["livecomments.rest.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "livecomments.api.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Live comments",
    "DESCRIPTION": (
        "Read and write the comments of live streams. Errors are problem details (RFC 9457) with "
        "a stable `code`. Ids are strings."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    # Instead of the usual one, which cannot read our types; they name their enums themselves.
    "POSTPROCESSING_HOOKS": ["livecomments.api.describe_problems"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
}

# --- the admin --------------------------------------------------------------------------------

# Colours are in static/adminsite/theme.css: the security policy allows no styles inside of pages.
UNFOLD = {
    "SITE_TITLE": "Live comments",
    "SITE_HEADER": "Live comments",
    "SITE_SYMBOL": "forum",
    "SHOW_HISTORY": False,  # the audit has what was done
    "SHOW_VIEW_ON_SITE": True,
}

# --- what is served as it is ------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
# Vite puts a hash into these names, so they never change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "static" / "dist" / ".vite" / "manifest.json",
        "static_url_prefix": "dist",
    }
}

# --- security ---------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "https:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# On in production (the deploy checks insist); off where pages come over plain HTTP on loopback.
HTTPS = env_flag("LIVECOMMENTS_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, over plain HTTP
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the rest ---------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# A new one needs locale/<code>/ and frontend/src/strings/<code>.ts (CONTRIBUTING.md).
LANGUAGES = [("en", "English"), ("ar", "Arabic")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "lc_language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "livecomments.adminsite.formats"
# A comment is small; nothing that people may post is larger than this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"one_line": {"()": "livecomments.logs.OneLine"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one_line"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # What a client did wrong is no news; the pages and the API have told it.
        "django.request": {"level": "ERROR"},
        "livecomments": {"level": "INFO"},
    },
}
