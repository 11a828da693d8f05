"""Which other sites may show a room in a frame: how they are written down, and told. Sync, pure.

A site is an origin as browsers compare it: scheme, host in the letters of DNS, port where it is not
the usual one. `https://*.example.com` stands for everything below that name, but not for it.
See docs/EMBEDDING.md.
"""

import re
from collections.abc import Iterable, Sequence

import idna
from csp.constants import NONE
from django.core.exceptions import ValidationError

MAX_EMBED_SITES = 20  # a header that every visit of the frame carries
SITE_MAX_LENGTH = 280  # a name of DNS with its scheme and port
# What is developed on one's own machine has no certificate; elsewhere anybody on the way could put
# a page of their own around the room.
UNENCRYPTED_HOSTS = frozenset({"localhost", "127.0.0.1"})
_USUAL_PORTS = {"https": 443, "http": 80}
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<below>\*\.)?(?P<host>[^\s/?#@:*\[\]]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE,
)
_ADDRESS_ENDING = re.compile(r"[0-9]+|0x[0-9a-f]*")  # how browsers tell an address from a name


def clean_site(text: str) -> str:
    """The site in its one spelling. Raises ValidationError where it is none that frames may be
    allowed to."""
    found = _ORIGIN.fullmatch(text.strip())
    if found is None:
        raise ValidationError(
            f"“{text}” is not a site. Write https://, its name and nothing behind it."
        )
    scheme = found["scheme"].lower()
    host = _host(found["host"])
    if scheme == "http" and (host not in UNENCRYPTED_HOSTS or found["below"]):
        raise ValidationError(f"“{text}” must begin with https://.")
    if found["below"] and "." not in host:
        raise ValidationError(f"“{text}” would be everybody's: put a name before the ending.")
    return f"{scheme}://{found['below'] or ''}{host}{_port(found['port'], scheme)}"


def clean_sites(texts: Iterable[str]) -> list[str]:
    """The sites in their one spelling, each once, in the order given; empty lines are left out.
    Raises ValidationError with all that is wrong."""
    sites: dict[str, None] = {}
    problems: list[ValidationError] = []
    for text in texts:
        if not text.strip():
            continue
        try:
            sites[clean_site(text)] = None
        except ValidationError as error:
            problems.append(error)
    if len(sites) > MAX_EMBED_SITES:
        problems.append(ValidationError(f"At most {MAX_EMBED_SITES} sites may embed a stream."))
    if problems:
        raise ValidationError(problems)
    return list(sites)


def validate_sites(sites: Sequence[str]) -> None:
    """Raises `ValidationError` unless these are sites in their one spelling."""
    if clean_sites(sites) != list(sites):
        raise ValidationError("Sites are kept in their one spelling, each once.")


def frame_ancestors(sites: Sequence[str]) -> list[str]:
    """Who may frame the page, as its content security policy says it: these sites alone."""
    return list(sites) or [NONE]


def _host(text: str) -> str:
    """The name as DNS has it. Raises ValidationError for what is no name of a site."""
    try:
        host = idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        raise ValidationError(f"“{text}” is not the name of a site.") from None
    is_address = _ADDRESS_ENDING.fullmatch(host.rpartition(".")[2]) is not None
    # Browsers know no address in this place but this one.
    if host.endswith(".") or (is_address and host not in UNENCRYPTED_HOSTS):
        raise ValidationError(f"“{text}” is not the name of a site.")
    return host


def _port(text: str | None, scheme: str) -> str:
    """The port as it stands in an origin. Raises ValidationError for one that cannot be."""
    if text is None or int(text) == _USUAL_PORTS[scheme]:
        return ""
    if not 1 <= int(text) <= 65_535:
        raise ValidationError(f"{text} is not a port.")
    return f":{int(text)}"
