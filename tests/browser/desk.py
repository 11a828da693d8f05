"""The desk of a room in one window, its parts and their rows. Async."""


class Desk:
    """The desk in one window."""

    def __init__(self, window) -> None:
        self.window = window
        self.page = window.page

    async def open(self, stage):
        """Go there and wait for the room."""
        await self.window.go(f"/admin/desk/{stage.slug}/")
        await self.window.joined()
        return self

    def part(self, name):
        """One part of the desk."""
        return self.page.get_by_role("region", name=name)

    def row(self, part, text):
        """The rows of a part that hold this text."""
        return self.part(part).get_by_role("listitem").filter(has_text=text)

    async def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)
