"""What axe-core finds wrong with a page as it stands, in words. Async."""

import itertools
import re
from pathlib import Path

from tests.browser.windows import DRAWN

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
SIDEWAYS = {"sideways": {"width": 740, "height": 360}}
SCHEMES = ("light", "dark")
CONTRASTS = ("no-preference", "more")
# The first thing that is wrong with each element, one line an element.
RUN = """async (tags) => {
  const { violations } = await axe.run({
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => {
    const why = failureSummary.split("\\n").slice(1).map((line) => line.trim()).join("; ");
    return `${id}: ${target.join(" ")}: ${why}`;
  }));
}"""


async def violations(page) -> list[str]:
    """Return what is wrong with the page: the rule, the element and why."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    return await page.evaluate(RUN, TAGS)


class Inspection:
    """What was found in the states that one window went through: every size, theme and contrast.

    With a folder, a picture is taken of everything that is looked at.
    """

    def __init__(self, page, pictures: Path | None = None) -> None:
        self.page = page
        self.found: list[str] = []
        self._pictures = pictures

    async def look(self, state: str, sizes=SIZES) -> None:
        """Look at the page as it stands; `state` names it in what is found.

        It has the first of the sizes in the end.
        """
        for size, viewport in sizes.items():
            await self._resize(viewport)
            for scheme, contrast in itertools.product(SCHEMES, CONTRASTS):
                # No colour is on its way into the other while motion is unwanted.
                await self.page.emulate_media(
                    color_scheme=scheme, contrast=contrast, reduced_motion="reduce"
                )
                looked_at = f"{state}, {size}, {scheme}, {contrast}"
                await self._photograph(looked_at)
                self.found += [f"{looked_at}: {line}" for line in await violations(self.page)]
        await self._resize(next(iter(sizes.values())))

    async def _resize(self, viewport) -> None:
        await self.page.set_viewport_size(viewport)
        # Styles follow at once, what the page does about its new size one frame later.
        await self.page.evaluate(DRAWN)

    async def _photograph(self, name: str) -> None:
        if self._pictures is not None:
            file = re.sub(r"\W+", "-", name).strip("-").casefold()
            await self.page.screenshot(path=self._pictures / f"{file}.png")
