"""The written explanation of one decision, in plain language: AI Act Art. 86, GDPR Art. 15(1)(h) and 22(3).

A letter is a function of the answers, of the version that decided, and of a language; where the answers are not at
hand, of the reasons as they were sealed with the result. It explains `core`, which is what others get; income is
never part of it. HTML without scripts, styles from elsewhere or links that are loaded.
"""

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from services.methodology.version import Version

LANGUAGES: Final = ("en", "de")
MAIN_REASONS = 6
_UNITS = 10**6
"""Units of a hundredth of a point, for display."""
_STYLE = (
    "@page{size:A4;margin:22mm}body{font:11pt/1.45 'DejaVu Sans',sans-serif;max-width:44em;margin:auto;color:#111}"
    "h1{font-size:20pt}h2{font-size:13pt;margin-top:1.4em;break-after:avoid}"
    "table{border-collapse:collapse;width:100%;break-inside:avoid}tbody th{font-weight:normal}"
    "th,td{text-align:left;padding:.25em .6em;border-bottom:1px solid #bbb}td:last-child,th:last-child"
    "{text-align:right;white-space:nowrap}.proof{overflow-wrap:anywhere;font-size:9pt}"
)


@cache
def _words(language: str) -> dict[str, str]:
    path = Path(__file__).with_name(f"letter.{language}.json")
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return words


def letter(version: Version, answers: Mapping[str, Any], reference: str, language: str) -> str:
    """The letter as an HTML document, in one of `LANGUAGES`."""
    words = _words(language)
    core = {name: value for name, value in answers.items() if name != "income"} | {"profile": "core"}
    trail = version.score(core).trail()
    change = _change(words, version, core, language)
    return _written(version, {**trail, "explanation": trail["explanations"][0]}, change, reference, language)


def letter_of_reasons(version: Version, detail: Mapping[str, Any], reference: str, language: str) -> str:
    """The letter made of the reasons of `core` (`schemas.result.Detail`): all but the smallest change, which only the
    answers tell.
    """
    return _written(version, detail, f"<p>{_words(language)['change_elsewhere']}</p>", reference, language)


def _written(version: Version, detail: Mapping[str, Any], change: str, reference: str, language: str) -> str:
    words, reasons = _words(language), detail["explanation"]
    edition = version.edition_head()["date"]
    proof = words["proof_text"].format(reference=reference, version=version.id, hash=version.hash, edition=edition)
    body = [
        f"<h1>{escape(words['title'])}</h1>",
        *_decided(words, version, detail, language),
        f"<h2>{words['why']}</h2><p>{words['why_intro']}</p>",
        _main_reasons(words, version, reasons, language),
        _areas(words, version, reasons, language),
        f"<h2>{words['change']}</h2>",
        change,
        f"<h2>{words['limits']}</h2><ul>{_listed(version.limits(language))}</ul>",
        f"<h2>{words['rights']}</h2><ul>{_listed([words['right_review'], words['right_data']])}</ul>",
        f"<h2>{words['complain']}</h2><p>{words['complain_to']}</p>",
        f'<h2>{words["proof"]}</h2><p class="proof">{escape(proof)}</p>',
        f'<p class="proof">{escape(version.attribution(language))}</p>' if version.attribution(language) else "",
    ]
    head = f'<meta charset="utf-8"><title>{escape(words["title"])}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="{language}"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _decided(words: dict[str, str], version: Version, detail: Mapping[str, Any], language: str) -> list[str]:
    reasons = detail["explanation"]
    work = ", ".join(
        f"{version.name(one['code'], language)} ({_percent(one['share'], language)} %)"
        for one in detail["occupations"]
    )
    low, high = (_whole(reasons["score"][end]) for end in ("low", "high"))
    score = low if low == high else words["between"].format(low=low, high=high)
    band = {end: _whole(reasons["band"][end]) for end in ("low", "high")}
    return [
        f"<h2>{words['what']}</h2>",
        f"<p>{words['decided'].format(month=detail['as_of'], score=score, **band)}</p>",
        f"<p>{escape(words['about'].format(work=work))}</p>",
        f"<p>{words['how'].format(version=version.id)}</p>",
    ]


def _main_reasons(words: dict[str, str], version: Version, reasons: dict[str, Any], language: str) -> str:
    items = [item for dimension in reasons["dimensions"] for item in dimension["items"] if "contribution" in item]
    largest = sorted(items, key=lambda item: -abs(item["contribution"]))[:MAIN_REASONS]
    rows = [(version.name(item["id"], language), _points(item["contribution"], language)) for item in largest]
    return _table((words["reason"], words["points"]), rows)


def _areas(words: dict[str, str], version: Version, reasons: dict[str, Any], language: str) -> str:
    def span(bounds: dict[str, int], signed: bool = True) -> str:
        low, high = (_points(bounds[end], language, signed=signed) for end in ("low", "high"))
        return low if low == high else words["between"].format(low=low, high=high)

    areas = [
        (version.text(f"dimension.{one['id']}", language), span(one["contribution"])) for one in reasons["dimensions"]
    ]
    start = (words["start"], _points(reasons["base"], language, signed=False))
    rows = [start, *areas, (words["sum"], span(reasons["score"], signed=False))]
    return f"<h3>{words['areas']}</h3>" + _table((words["area"], words["points"]), rows)


def _change(words: dict[str, str], version: Version, core: dict[str, Any], language: str) -> str:
    found = version.counterfactual(core, language=language)
    if not found["reachable"] or not found["more_than_measurement_error"]:
        exact = found["score"]["low"] == found["score"]["high"]
        return f"<p>{words['none' if exact else 'none_of_interval']}</p>"
    steps = [_step(words, version, one, language) for one in found["changes"]]
    return f"<p>{words['change_intro']}</p><ul>{_listed(steps)}</ul>"


def _step(words: dict[str, str], version: Version, change: dict[str, Any], language: str) -> str:
    """One change as what to do; answering an item higher would change nothing."""
    if "behaviour" in change:
        behaviour: str = change["behaviour"]
        return behaviour[:1].upper() + behaviour[1:]
    now, then, name = change["from"], change["to"], version.name(change["id"], language)
    told = words["step"].format(name=name, now=now["level"], then=then["level"])
    return told + (words["months"] if then.get("months", 1) < now.get("months", 0) else "")


def _percent(per_mille: int, language: str) -> str:
    """A share in percent, with a decimal where it is no whole number of them."""
    whole, tenths = divmod(per_mille, 10)
    return f"{whole}{',' if language == 'de' else '.'}{tenths}" if tenths else str(whole)


def _whole(units: int) -> str:
    return str((units + 50 * _UNITS) // (100 * _UNITS))


def _points(units: int, language: str, *, signed: bool = True) -> str:
    """Points with two decimals, rounded half away from zero."""
    hundredths = (abs(units) + _UNITS // 2) // _UNITS
    sign = "−" if units < 0 and hundredths else "+" if signed and hundredths else ""
    return f"{sign}{hundredths // 100}{',' if language == 'de' else '.'}{hundredths % 100:02d}"


def _listed(lines: list[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
