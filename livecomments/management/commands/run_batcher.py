"""`manage.py run_batcher`: publish comments and reactions, and archive them."""

import logging
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError

from livecomments import garbage
from livecomments.batcher.process import run_batcher
from livecomments.checks import startup_problems
from livecomments.postgres.patience import BATCHER_SECONDS, wait_at_most


class Command(BaseCommand):
    help = "Publish comments and reactions of every partition this process can own; archive them."

    def handle(self, *args: Any, **options: Any) -> None:
        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
        )
        for problem in startup_problems():
            raise CommandError(str(problem))
        wait_at_most(BATCHER_SECONDS)
        garbage.settle()
        uvloop.run(run_batcher())
        self.stdout.write("The batcher has handed over its partitions.")
