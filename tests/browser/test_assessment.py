"""From the first click to the result: with scripts and without, by keyboard, with mistakes, back and forth."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from services.methodology.version import load
from tests.browser.assessing import LONGEST, agree, assessed, find, habits, onward, skills, start
from tests.browser.visitor import SCRIPTS_FIRST, SCRIPTS_LAST, THEMES_AND_LANGUAGES
from tests.running import Running

Visit = Callable[..., Any]
MOST_INTERACTIONS = 60


@pytest.mark.parametrize(
    ("javascript", "with_income"),
    # In the fast suite the longest way and the shortest one.
    [
        pytest.param(True, False, id="with-javascript"),
        pytest.param(True, True, id="with-javascript-and-income", marks=pytest.mark.slow),
        pytest.param(False, False, id="without", marks=pytest.mark.slow),
        pytest.param(False, True, id="without-javascript-and-with-income"),
    ],
)
async def test_a_person_gets_a_result_within_sixty_interactions(
    running: Running, visit: Visit, javascript: bool, with_income: bool
) -> None:
    async with visit(javascript=javascript) as visitor:
        # When somebody goes from the first click to the result and answers everything that the longest form asks
        await assessed(visitor, running.intake, typed=javascript, with_income=with_income, work=LONGEST)

        # Then it took at most sixty interactions, and the score stands there with its band and its claim code
        assert visitor.interactions <= MOST_INTERACTIONS
        assert await visitor.sees("Your score is")
        assert await visitor.page.locator("#claim-code").count() == 1
        assert "–" not in await visitor.page.inner_text("h1")
        assert await visitor.page.locator("h2", has_text="With your income counted").count() == with_income
        assert visitor.troubles == []


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
async def test_the_keyboard_alone_leads_from_the_first_page_to_the_result(
    running: Running, visit: Visit, javascript: bool
) -> None:
    async with visit(javascript=javascript) as visitor:
        keys = visitor.page.keyboard

        async def press(key: str, on: str) -> None:
            await visitor.tab_to(on)
            async with visitor.page.expect_navigation():
                await keys.press(key)

        # When somebody who has no pointer searches, chooses, answers one question of each kind, and agrees
        await visitor.open(f"{running.intake}/")
        await press("Enter", "a.button.large")
        await visitor.tab_to("#q")
        await keys.type("nurse")
        async with visitor.page.expect_navigation():
            await keys.press("Enter")
        await press("Enter", ".found button")
        await press("Enter", ".actions button")
        await visitor.tab_to(".mix input[type=radio]")
        await keys.press("ArrowRight")
        await press("Enter", ".actions button")
        await visitor.tab_to("#answers select")
        await keys.press("ArrowDown")
        await press("Enter", ".actions button")
        await visitor.tab_to(".habits input[type=radio]")
        await keys.press("Space")
        await press("Enter", ".actions button")
        await visitor.tab_to("[name='i:reserve']")
        await keys.type("9000")
        await press("Enter", ".actions button")
        for box in ("input[value=scoring]", "#of_age"):
            await visitor.tab_to(box)
            await keys.press("Space")
        await press("Enter", ".actions button")
        # Then the result is there
        assert "/result/" in visitor.page.url
        assert await visitor.page.locator("#claim-code").count() == 1


async def test_nothing_is_kept_on_the_device_and_nothing_ticked_before_the_hand_in(
    running: Running, visit: Visit
) -> None:
    async with visit() as visitor:
        await start(visitor, running.intake, typed=True)
        for step in range(5):
            assert await visitor.page.context.cookies() == []
            if step < 4:
                await onward(visitor)
        await onward(visitor)
        assert await visitor.page.locator("input:checked").count() == 0
        kept = await visitor.page.evaluate("localStorage.length + sessionStorage.length")
        assert kept == 0
        # and no answer ever stood in an address
        assert visitor.queries <= {"q", "limit", "lang"}


async def test_going_back_and_changing_the_language_loses_no_answer(running: Running, visit: Visit) -> None:
    async with visit(javascript=False) as visitor:
        await start(visitor, running.intake, typed=False)
        await onward(visitor)
        await visitor.tick(visitor.page.locator(".mix input[value='4000'] >> nth=0"))
        await onward(visitor)
        await skills(visitor)
        await onward(visitor)
        await habits(visitor)
        await visitor.go(".actions button[value=back]")
        await visitor.go(".languages button")

        assert await visitor.page.get_attribute("html", "lang") == "de"
        chosen = [await one.input_value() for one in await visitor.page.locator("#answers select").all()]
        assert set(chosen) == {"3:18", "2"}
        await visitor.go(".actions button[value=back]")
        assert await visitor.page.locator(".mix input[value='4000'] >> nth=0").is_checked()


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_browsers_own_back_and_forward_lose_no_answer(running: Running, visit: Visit, width: int) -> None:
    async with visit(width=width) as visitor:
        # Given somebody in the middle of the form, who has looked at what saving would be
        await start(visitor, running.intake, typed=True)
        await onward(visitor)
        await visitor.tick(visitor.page.locator(".mix input[value='4000'] >> nth=0"))
        await onward(visitor)
        await skills(visitor)
        await visitor.go(".actions button[value=save]")
        # When they press the browser's Back
        await visitor.back()
        # Then the answers stand as they were given, also those of this page, and no form was sent twice
        chosen = [await one.input_value() for one in await visitor.page.locator("#answers select").all()]
        assert set(chosen) == {"3:18", "2"}
        await onward(visitor)
        await visitor.tick(visitor.page.locator("#answers fieldset >> nth=0 >> input >> nth=2"))
        for _ in range(2):
            await visitor.back()
        assert await visitor.page.locator(".mix input[value='4000'] >> nth=0").is_checked()
        # and Forward comes to where they were, in whichever language they go on
        await visitor.go(".languages button")
        for _ in range(2):
            await visitor.forward()
        assert await visitor.language() == "de"
        assert await visitor.page.locator("#answers fieldset >> nth=0 >> input >> nth=2").is_checked()
        # and the first Back from the first page leaves the form
        for _ in range(3):
            await visitor.back()
        assert await visitor.page.locator("#q").count() == 1
        await visitor.back()
        await visitor.page.wait_for_url(f"{running.intake}/")
        assert visitor.troubles == []
        # Nothing of it is kept on the device
        assert await visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
async def test_the_longest_words_of_an_occupation_fit_a_telephone(
    running: Running, visit: Visit, width: int, javascript: bool
) -> None:
    titles = [load().name(one.code, "de") for one in load().occupations()]
    longest = max(titles, key=lambda title: max(map(len, re.split(r"[ -]", title))))
    async with visit(language="de", width=width, javascript=javascript) as visitor:
        await visitor.open(f"{running.intake}/assessment")
        await visitor.write("#q", longest)
        if javascript:
            await visitor.page.wait_for_selector(".found button")
        else:
            await visitor.go(".search button")
        assert longest in await visitor.page.inner_text(".found")
        assert not await visitor.overflows()


@SCRIPTS_LAST
async def test_who_asks_to_save_goes_on_later_by_the_claim_code_and_hands_in_under_it(
    running: Running, visit: Visit, javascript: bool
) -> None:
    # Given somebody who has answered a part, and asks to save
    async with visit(javascript=javascript, width=360) as visitor:
        await start(visitor, running.intake, typed=javascript)
        await onward(visitor)
        await onward(visitor)
        await skills(visitor)
        await visitor.go(".actions button[value=save]")
        assert await visitor.page.locator("input:checked").count() == 0
        await visitor.look("draft-1-asked")
        assert not await visitor.overflows()
        # When they agree to nothing they are told what is missing; when they agree they get a claim code
        await visitor.go(".actions button[value=keep]")
        assert await visitor.page.locator(".mistakes li").count() == 2
        for name in ("draft", "of_age"):
            await visitor.tick(visitor.page.locator(f"#{name}"))
        await visitor.go(".actions button[value=keep]")
        claim = await visitor.page.inner_text("#claim-code")
        await visitor.look("draft-2-saved")
        assert not await visitor.overflows()
        # and the code stays where the language is changed
        await visitor.go(".languages button")
        assert await visitor.page.inner_text("#claim-code") == claim
        assert {one["name"] for one in await visitor.page.context.cookies()} == {"careerpulse-language"}

    async with visit(javascript=javascript) as visitor:
        # Then a wrong code opens nothing, and theirs the form as it was
        await visitor.open(f"{running.intake}/")
        await visitor.page.locator(".aside > summary").click()
        await visitor.write("#claim", "nothing")
        await visitor.go(".aside form button")
        assert await visitor.page.locator(".mistakes li").count() == 1
        await visitor.write("#claim", claim)
        await visitor.go(".aside form button")
        chosen = [await one.input_value() for one in await visitor.page.locator("#answers select").all()]
        assert set(chosen) == {"3:18", "2"}
        # and what is handed in is the same person's, whose draft is gone
        for _ in range(3):
            await onward(visitor)
        await agree(visitor)
        await onward(visitor)
        assert "/result/" in visitor.page.url
        await visitor.open(f"{running.intake}/")
        await visitor.page.locator(".aside > summary").click()
        await visitor.write("#claim", claim)
        await visitor.go(".aside form button")
        assert await visitor.page.locator(".mistakes li").count() == 1


@SCRIPTS_FIRST
async def test_answers_are_corrected_in_the_form_they_were_given_in_and_the_earlier_result_says_so(
    running: Running, visit: Visit, javascript: bool
) -> None:
    async with visit(width=360, dark=True, javascript=javascript) as visitor:

        async def fits() -> bool:
            # axe waits by a page's own timers, which a page without scripts never sets
            return not await visitor.overflows() and not (javascript and await visitor.barriers())

        # Given somebody who has a result
        first = await assessed(visitor, running.intake, typed=javascript)
        claim = await visitor.page.inner_text("#claim-code")
        # When they open the correction, the form is filled in as they filled it in
        await visitor.go(f"a[href='{urlsplit(first).path}/correction']")
        await visitor.look("correction-1-opened")
        await onward(visitor)
        await onward(visitor)
        chosen = [await one.input_value() for one in await visitor.page.locator("#answers select").all()]
        assert set(chosen) == {"3:18", "2"}
        # and what they change is handed in under what they agreed to before
        await visitor.select(visitor.page.locator("#answers select").first, "1:72")
        # and goes along when the session ends meanwhile and the code has to be entered once more
        await visitor.page.context.clear_cookies()
        await onward(visitor)
        await visitor.look("correction-2-once-more")
        assert await fits()
        await visitor.write("#code-again", claim)
        await onward(visitor)
        for _ in range(2):
            await onward(visitor)
        assert await visitor.page.locator("main input[type=checkbox]").count() == 0
        await visitor.look("correction-3-hand-in")
        assert await fits()
        await onward(visitor)
        # Then the new result counts, and the earlier one stays, and leads to it
        second = visitor.page.url
        assert second != first
        await visitor.go(f"a[href='{urlsplit(first).path}'] >> nth=0")
        await visitor.look("correction-4-superseded")
        assert await visitor.page.locator(".superseded").count() == 1
        assert await fits()
        await visitor.open(f"{first}/correction")
        assert visitor.page.url == second


async def test_a_mistake_is_said_in_a_summary_and_beside_its_field(running: Running, visit: Visit) -> None:
    async with visit() as visitor:
        await start(visitor, running.intake, typed=True)
        for _ in range(4):
            await onward(visitor)
        await visitor.write('[name="i:reserve"]', "plenty")
        await onward(visitor)

        # Then the summary has the focus and leads to the field, which says what would be right
        assert await visitor.page.evaluate("document.activeElement.className") == "mistakes"
        assert (await visitor.page.title()).startswith("Error")
        field = visitor.page.locator('[name="i:reserve"]')
        assert (await field.get_attribute("aria-invalid"), await field.input_value()) == ("true", "plenty")
        await visitor.page.click(".mistakes a")
        assert await visitor.page.evaluate("document.activeElement.name") == "i:reserve"
        assert await visitor.barriers() == []


@SCRIPTS_FIRST
async def test_three_occupations_with_shares(running: Running, visit: Visit, javascript: bool) -> None:
    async with visit(javascript=javascript) as visitor:
        await start(visitor, running.intake, typed=javascript)
        for words in ("nurse", "baker"):
            await find(visitor, words, typed=javascript)
            await visitor.go(".found button >> nth=0")
        shares = visitor.page.locator("[data-share]")
        for place, share in enumerate(("50", "30", "10")):
            await shares.nth(place).fill(share)
        if javascript:
            assert "90" in await visitor.page.inner_text("[data-total]")
        await onward(visitor)
        assert await visitor.sees("must sum to 100")
        await shares.nth(2).fill("20")
        await onward(visitor)
        assert await visitor.page.locator(".mix").count() == 3


@THEMES_AND_LANGUAGES
async def test_no_page_of_the_way_has_a_barrier_or_overflows(
    running: Running, visit: Visit, language: str, dark: bool
) -> None:
    """The pages of assessment and result, in each language and theme; the narrow ones in the longer language."""
    width = 360 if language == "de" else 1280
    async with visit(language=language, dark=dark, width=width) as visitor:

        async def examine(name: str) -> None:
            await visitor.look(f"{name}-{language}")
            assert await visitor.barriers() == [], name
            assert not await visitor.overflows(), name

        await visitor.open(f"{running.intake}/")
        await examine("1-start")
        await start(visitor, running.intake, typed=True)
        for name, answer in (("2-occupation", None), ("3-tasks", None), ("4-skills", skills), ("5-habits", habits)):
            if answer is not None:
                await answer(visitor)
            await examine(name)
            await onward(visitor)
        for name, amount in (("largest_source", "3000"), ("expenses", "2000"), ("reserve", "9000")):
            await visitor.write(f'[name="i:{name}"]', amount)
        await examine("6-income")
        await onward(visitor)
        await agree(visitor)
        # What is told for statistics without agreeing to them is said beside the agreement, and nothing is lost
        await visitor.tick(visitor.page.locator("[name='told:sex'][value=another]"))
        await onward(visitor)
        await examine("7-consent-mistaken")
        assert await visitor.page.locator("#statistics[aria-invalid=true]").count() == 1
        await visitor.tick(visitor.page.locator("#statistics"))
        await examine("7-consent")
        await onward(visitor)
        result = visitor.page.url
        for summary in await visitor.page.locator("main details > summary").all():
            await summary.click()
        await examine("8-score")
        for part in ("outlook", "plan", "what-if", "paths", "income"):
            await visitor.open(f"{result}/{part}")
            await examine(f"9-{part}")
        assert visitor.troubles == []


@SCRIPTS_LAST
async def test_a_result_is_reached_taken_along_and_opened_again_by_its_claim_code(
    running: Running, visit: Visit, javascript: bool
) -> None:
    async with visit(javascript=javascript) as visitor:
        result = await assessed(visitor, running.intake, typed=javascript, with_income=True)
        claim = await visitor.page.inner_text("#claim-code")
        request = visitor.page.context.request
        # Then answers, result and reasons go along as JSON, and as a tagged PDF
        document = json.loads(await (await request.get(f"{result}/result.json")).body())
        assert document["answers"]["profile"] == document["with_income"]["profile"] == "core+income"
        paper = PdfReader(BytesIO(await (await request.get(f"{result}/result.pdf")).body()))
        catalogue = paper.trailer["/Root"]
        assert (catalogue["/MarkInfo"]["/Marked"], catalogue["/Lang"]) == (True, "en")
        words = " ".join(page.extract_text() for page in paper.pages)
        for told in ("Your score is", "Transferability", "With your income counted", "Sources"):
            assert told in words
        # When the result is closed, nothing of it is shown any more
        await visitor.go(".leave button")
        await visitor.open(result)
        assert visitor.page.url.endswith("/result")
        # and a wrong code opens nothing, while the right one does, in any writing
        await visitor.write("#claim", "AAAA-BBBB")
        await visitor.go("main .actions button")
        assert await visitor.sees("This code opens nothing")
        await visitor.write("#claim", claim.lower().replace("-", " "))
        await visitor.go("main .actions button")
        assert visitor.page.url == result
        assert await visitor.page.locator("#claim-code").count() == 0


async def test_what_if_is_computed_by_the_server_while_one_moves(running: Running, visit: Visit) -> None:
    async with visit() as visitor:
        result = await assessed(visitor, running.intake, typed=True)
        await visitor.open(f"{result}/what-if")
        before = await visitor.page.inner_text(".outcome-figure span")
        for slider in await visitor.page.locator("input[type=range]").all():
            await slider.evaluate("one => { one.value = 4; }")
        async with visitor.page.expect_response("**/what-if"):
            await visitor.page.locator("input[type=range] >> nth=0").dispatch_event("change", {"bubbles": True})
        await visitor.page.wait_for_function(
            "before => document.querySelector('.outcome-figure span').textContent !== before", arg=before
        )
        assert int(await visitor.page.inner_text(".outcome-figure span")) > int(before)
        assert visitor.troubles == []


async def test_without_scripts_what_if_is_computed_by_a_button_and_a_fall_is_called_one(
    running: Running, visit: Visit
) -> None:
    async with visit(javascript=False, width=360) as visitor:
        result = await assessed(visitor, running.intake, typed=False)
        await visitor.open(f"{result}/what-if")
        assert await visitor.sees("Nothing has moved")
        for slider in await visitor.page.locator("input[type=range]").all():
            await slider.fill("0")
        await visitor.go("#outcome button")
        assert await visitor.sees("A fall by more than measurement error")
        # and what was moved stays where another language is chosen
        await visitor.go(".languages button")
        assert await visitor.sees("Ein Rückgang um mehr als den Messfehler")


async def test_who_left_everything_open_is_told_that_there_is_nothing_to_move(running: Running, visit: Visit) -> None:
    async with visit() as visitor:
        await start(visitor, running.intake, typed=True)
        for _ in range(5):
            await onward(visitor)
        await agree(visitor)
        await onward(visitor)
        await visitor.go(".tabs a[href$='/what-if']")
        assert await visitor.page.locator("input[type=range]").count() == 0
        assert await visitor.sees("nothing here that could be moved")


async def test_the_first_page_is_small_and_needs_one_request_besides_its_style_sheet(
    running: Running, visit: Visit
) -> None:
    async with visit() as visitor:
        sizes: list[int] = []
        visitor.page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
        await visitor.open(f"{running.intake}/")
        assert sum(sizes) < 100_000
        first_paint = await visitor.page.locator("link[rel=stylesheet], script, img").count()
        assert first_paint == 1
