"""The servers that ours is compared with: how each is started, and what its clients say. Sync.

Each is set up as its own documentation does it, for one process on one core. What is not installed
is reported with the reason (`NotHere`).
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from livecomments.local.ports import HOST
from livecomments.local.processes import Program
from tests.load.listeners import Talk
from tests.load.peers import node
from tests.nodepackages import WITH_NODE

PROJECT = Path(__file__).resolve().parents[3]
NGINX_CONF = Path(__file__).with_name("nginx.conf")
SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin"
MODULE_FOLDERS = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
STOP_SECONDS = 3.0


class NotHere(Exception):
    """This peer cannot be measured on this machine; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a server may work."""

    folder: Path
    port: int
    redis_url: str


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One server."""

    name: str
    program: Callable[[Place], Program]  # raises NotHere
    version: Callable[[], str]
    path: str
    talk: Callable[[str], Talk]
    before: bytes = b""  # what stands around a message that a viewer says
    after: bytes = b""
    post_to: str = ""  # where messages are POSTed; empty: a viewer says them
    at_once: int = 100  # handshakes; Daphne's backlog is 50
    needs_node: bool = False

    def talk_at(self, port: int) -> Talk:
        """Return what its clients say, for a server on this port."""
        return self.talk(f"ws://{HOST}:{port}{self.path}")


# --- the tutorial's way in Channels ---------------------------------------------------------------


def _daphne(place: Place, *, layer: str) -> Program:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.load.peers.tutorial.settings",
        "BENCH_LAYER": layer,
        "BENCH_REDIS_URL": place.redis_url,
        "BENCH_PREFIX": f"tutorial-{place.port}",
    }
    application = "tests.load.peers.tutorial.asgi:application"
    return Program(
        name="daphne",
        argv=(sys.executable, "-m", "daphne", "-b", HOST, "-p", str(place.port), application),
        log=place.folder / "daphne.log",
        env=environment,
        cwd=PROJECT,
        stop_seconds=STOP_SECONDS,
    )


def _channels_version() -> str:
    names = ("channels", "daphne", "channels_redis")
    return ", ".join(f"{name} {version(name)}" for name in names)


# --- Node -----------------------------------------------------------------------------------------


def _node(place: Place, *, script: str) -> Program:
    return Program(
        name="node",
        argv=(str(WITH_NODE), "node", str(node.PACKAGES.folder / script), str(place.port)),
        log=place.folder / "node.log",
        env=os.environ | {"NODE_ENV": "production"},
        cwd=node.PACKAGES.folder,
        stop_seconds=STOP_SECONDS,
    )


def _socketio_talk(url: str) -> Talk:
    # Engine.IO's packets 2 and 3 are ping and pong; 40 joins the main namespace.
    return Talk(url=url, greetings=(b"40",), answers={b"2": b"3"}, ready=b"40{")


# --- nginx ----------------------------------------------------------------------------------------


def _nginx(place: Place) -> Program:
    nginx = _nginx_binary()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    values = {
        "module": str(_nchan_module(nginx)),
        # As root, nginx gives its workers to another user, who could not enter the folder.
        "user": "user root;" if os.geteuid() == 0 else "",
        "port": str(place.port),
        "files": str(most),
    }
    text = NGINX_CONF.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    conf = place.folder / "nginx.conf"
    conf.write_text(text)
    return Program(
        name="nginx",
        argv=(nginx, "-p", str(place.folder), "-c", str(conf), "-e", "stderr"),
        log=place.folder / "nginx.log",
        cwd=place.folder,
        stop_seconds=STOP_SECONDS,
    )


def _nginx_binary() -> str:
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}")
    if nginx is None:
        raise NotHere("nginx is not installed")
    return nginx


def _nchan_module(nginx: str) -> Path:
    """Return the module's file: where this nginx looks for modules, else where systems put them."""
    folders = [*MODULE_FOLDERS]
    for flag in _told(nginx, "-V").split():
        if flag.startswith("--modules-path="):
            folders.insert(0, flag.partition("=")[2])
    for folder in folders:
        module = Path(folder, "ngx_nchan_module.so")
        if module.is_file():
            return module
    raise NotHere("nginx has no nchan (Debian: libnginx-mod-nchan)")


def _nginx_version() -> str:
    nginx = _told(_nginx_binary(), "-v").partition("/")[2].split()[0]
    package = ""
    if shutil.which("dpkg-query"):
        package = _told("dpkg-query", "--show", "--showformat=${Version}", "libnginx-mod-nchan")
    # "1:1.3.6+dfsg-2" is upstream's 1.3.6; where no package says it, nobody does.
    nchan = package.partition(":")[2].partition("+")[0] or "of unknown version"
    return f"nginx {nginx}, nchan {nchan}"


def _told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


# --- all of them ----------------------------------------------------------------------------------

PUBSUB_LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"
CORE_LAYER = "channels_redis.core.RedisChannelLayer"

_ALL = (
    Peer(
        name="nchan",
        program=_nginx,
        version=_nginx_version,
        path="/room/",
        talk=lambda url: Talk(url=url),
        post_to="/say",
    ),
    Peer(
        name="ws",
        program=partial(_node, script="ws.js"),
        version=lambda: node.PACKAGES.version("ws"),
        path="/",
        talk=lambda url: Talk(url=url),
        needs_node=True,
    ),
    Peer(
        name="socket.io",
        program=partial(_node, script="socketio.js"),
        version=lambda: node.PACKAGES.version("socket.io"),
        path="/socket.io/?EIO=4&transport=websocket",
        talk=_socketio_talk,
        before=b'42["say",',
        after=b"]",
        needs_node=True,
    ),
    Peer(
        name="channels tutorial",
        program=partial(_daphne, layer=PUBSUB_LAYER),
        version=_channels_version,
        path="/room/",
        talk=lambda url: Talk(url=url),
        at_once=40,
    ),
    Peer(
        name="channels tutorial, core layer",
        program=partial(_daphne, layer=CORE_LAYER),
        version=_channels_version,
        path="/room/",
        talk=lambda url: Talk(url=url),
        at_once=40,
    ),
)
PEERS = {peer.name: peer for peer in _ALL}
