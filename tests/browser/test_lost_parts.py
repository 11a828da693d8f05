"""Parts of the page that are fetched when first wanted, and a network that fails just then."""

import re

import pytest
from playwright.async_api import expect


def lose_once(lost, kind):
    """Answers the first request for a part of this kind with a broken network."""

    async def answer(route):
        if route.request.resource_type == kind and not lost:
            lost.append(route.request.url)
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    return answer


@pytest.mark.parametrize("kind", ["script", "stylesheet"])
async def test_menu_whose_part_was_lost_comes_when_it_can(windows, stage, kind):
    visitor = await windows.open()
    visitor.forgive("ERR_INTERNET_DISCONNECTED")
    await stage.say(stage.person(display_name="Cleo"), "Ask me something")
    await visitor.watch(stage)
    lost: list[str] = []
    await visitor.page.route(re.compile(r"/assets/tools-[^/]+$"), lose_once(lost, kind))

    await visitor.row("Ask me something").hover()
    await visitor.page.get_by_role("button", name=re.compile("More about this comment")).click()

    menu = visitor.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    await expect(menu.locator("xpath=..")).to_have_css("position", "fixed")
    assert len(lost) == 1
