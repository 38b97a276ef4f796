"""The pure rules of the hall editor, run where they run: in a browser."""

from pathlib import Path

from tests.journeys.conftest import OpenPage

RULES = Path(__file__).with_name("hall_editor_rules.js").read_text(encoding="utf-8")


async def test_rules(open_page: OpenPage) -> None:
    async with open_page() as page:
        await page.goto("/en/")
        wrong = await page.evaluate(RULES, "/static/js/desk/hall-editor/")
        assert not wrong, "\n".join(wrong)
