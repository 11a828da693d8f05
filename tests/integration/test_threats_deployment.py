"""What an installation that is open to the world is made of: settings, cookies, headers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAFE = {
    "SECRET_KEY": "long and random in an installation, long in this test: 0123456789",
    "ALLOWED_HOSTS": "chat.example",
    "LIVECOMMENTS_HTTPS": "1",
    "LIVECOMMENTS_TRUSTED_PROXIES": "1",
}


def run(*command, **environment):
    """A process of the product with these settings and none of the shell's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def deploy_check(**environment):
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    return run(*command, **(SAFE | environment))


def test_production_settings_have_no_warning():
    checked = deploy_check()
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("LIVECOMMENTS_HTTPS", "0", "security.W008"),
        ("SECRET_KEY", "short", "security.W009"),
        ("DEBUG", "1", "security.W018"),
        ("LIVECOMMENTS_NO_LIMITS", "1", "livecomments.W001"),
    ],
)
def test_careless_settings_do_not_pass(name, value, check):
    checked = deploy_check(**{name: value})
    assert checked.returncode == 1
    assert check in checked.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_secrets_come_from_the_environment_alone(name, tmp_path):
    checked = deploy_check(**{name: "", "LIVECOMMENTS_VAR": str(tmp_path)})
    assert checked.returncode != 0
    assert f"Set {name}" in checked.stderr


LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answer = Client().get("/accounts/sign-in/", secure=True, headers={"host": "chat.example"})
plain = Client().get("/accounts/sign-in/", headers={"host": "chat.example"})
print(json.dumps({
    "headers": {name.lower(): value for name, value in answer.headers.items()},
    "cookies": {name: dict(cookie) for name, cookie in answer.cookies.items()},
    "plain": [plain.status_code, plain.headers["Location"]],
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE],
}))
"""


@pytest.fixture(scope="module")
def page():
    """A page of an installation with the safe settings."""
    seen = run("-c", LOOK, **SAFE)
    assert seen.returncode == 0, seen.stderr
    return json.loads(seen.stdout)


def test_cookies_are_sent_over_https_to_us_alone(page):
    [cookie] = page["cookies"].values()
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert page["session"] == [True, True, "Lax"]


def test_plain_http_is_led_to_https(page):
    assert page["plain"] == [301, "https://chat.example/accounts/sign-in/"]


def test_pages_say_what_they_forbid(page):
    headers = page["headers"]
    expected = {
        "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
        "referrer-policy": "same-origin",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
    }
    assert {name: headers.get(name) for name in expected} == expected
    assert "camera=()" in headers.get("permissions-policy", "")


def test_policy_lets_no_script_in_but_our_own(page):
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in page["headers"]["content-security-policy"].split(";")
    )
    assert policy["script-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in page["headers"]["content-security-policy"]
