"""`python -m livecomments.local`: runs the whole product on this machine until Ctrl-C. Sync."""

import os
import sys

from livecomments.local.console import Console
from livecomments.local.ports import require_free
from livecomments.local.problems import LocalProblem, StopRequested
from livecomments.local.processes import end_all, marked
from livecomments.local.product import Product
from livecomments.local.state import State, var_folder
from livecomments.local.supervisor import Supervisor
from livecomments.local.wishes import read_wishes, require_database, require_redis


def main() -> int:
    """Runs the product; returns 0 after it was asked to stop, 1 when it cannot run here."""
    console = Console()
    state = State(var_folder())
    try:
        state.acquire()
        run(console, state)
    except LocalProblem as problem:
        console.problem(str(problem))
        return 1
    except StopRequested:
        pass
    finally:
        state.release()
    console.step("Everything is stopped.")
    return 0


def run(console: Console, state: State) -> None:
    """Starts everything, watches over it until a signal, and leaves nothing behind."""
    wishes = read_wishes(os.environ)
    with Supervisor(console) as supervisor:
        end_all(marked(state.folder), seconds=10)
        require_free(wishes.port)
        state.turn_logs()
        if wishes.database_url:
            require_database(wishes.database_url)
        if wishes.redis_url:
            require_redis(wishes.redis_url)
        product = Product(wishes=wishes, state=state, environ=os.environ)
        try:
            start(console, supervisor, product)
            supervisor.watch()
        finally:
            supervisor.stop()
            product.clear()


def start(console: Console, supervisor: Supervisor, product: Product) -> None:
    """Starts every part in order and tells what it does meanwhile."""
    for service in product.databases():
        console.step(f"Starting {service.title} …")
        supervisor.start([service])
    product.state.announce(product.addresses())
    console.step("Bringing the tables up to date …")
    # Batcher and web processes check the servers themselves; loading the rest here takes a second.
    supervisor.run_step(
        product.manage("migrate", "migrate", "--no-input", "--skip-checks"), doing="The migration"
    )
    console.step("Starting the batcher and the web processes, filling the demo …")
    processes = [product.batcher(), *product.web()]
    # Side by side: each of them spends a second or two on loading the same code.
    supervisor.launch(processes)
    accounts = supervisor.run_step(
        product.manage("seed_demo", "seed_demo", "--skip-checks"), doing="Seeding"
    )
    supervisor.await_ready(processes)
    if product.wishes.crowd:
        console.step("Starting the crowd …")
        supervisor.start([product.crowd()])
    console.step("Ready.")
    console.block(summary(product, accounts))


def summary(product: Product, accounts: str) -> str:
    """Where everything is: addresses, demo accounts, logs, and how to stop."""
    base = product.wishes.base_url
    lines = [
        "",
        f"  Live room    {product.live_room()}",
        f"  All streams  {base}/",
        f"  Admin        {base}/admin/",
        "",
        *(f"  {line}".rstrip() for line in accounts.strip().splitlines()),
        "",
        f"  Logs         {product.state.logs}",
        "  Stop         Ctrl-C",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
