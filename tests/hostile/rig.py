"""The processes of the long form: those of the benchmarks, with a census. Sync."""

import json

from tests.load.rig import Rig


class HostileRig(Rig):
    """Its web processes count what they hold."""

    def _python(self, name, *arguments, **options):
        arguments = [
            "tests.hostile.webprocess" if a == "tests.load.webprocess" else a for a in arguments
        ]
        return super()._python(name, *arguments, **options)

    def census(self):
        """What the web process holds now, by kind."""
        self.take_delays()
        (file,) = [self._delays[name].with_suffix(".census") for name in self.web_names]
        return json.loads(file.read_text())

    @property
    def web_process(self):
        """The one web process."""
        (name,) = self.web_names
        return self._running[name].process
