"""Documents written in Markdown with formulas in TeX, drawn as HTML and MathML: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it.token import Token

Rewrite = Callable[[str], str]


@lru_cache(maxsize=256)
def formula(tex: str, *, display: bool = True) -> Markup:
    """A formula as MathML Core, which browsers draw themselves."""
    from latex2mathml.converter import convert  # only who reads the methodology needs it, not every start

    return Markup(convert(tex, display="block" if display else "inline"))  # noqa: S704 - made from our own formulas


def document(markdown: str, link: Rewrite) -> Markup:
    """The body of a document; its first heading is the page's. `link` says where each link leads here.

    Markup inside the document is escaped. A table scrolls in a frame of its own, which the keyboard reaches.
    """
    from markdown_it import MarkdownIt  # as above
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(parser, renderer=lambda tex, options: formula(tex, display=options["display_mode"]))
    anchors_plugin(parser, max_level=3)
    tokens = parser.parse(markdown)
    _relink(tokens, link)
    _unstyle(tokens)
    _head_cells(tokens)
    drawn = parser.renderer.render(tokens, parser.options, {})
    return Markup(_framed(drawn))  # noqa: S704 - the parser has escaped it


def _framed(drawn: str) -> str:
    """What may be wider than the page scrolls in a frame that the keyboard reaches; no two are called the same."""
    before, *tables = drawn.split("<table")
    frames = [
        f'<div class="table" role="region" tabindex="0" aria-label="Table {number}"><table{rest}'
        for number, rest in enumerate(tables, 1)
    ]
    framed = "".join([before, *frames]).replace("</table>", "</table></div>")
    before, *formulas = framed.split('<div class="math block">')
    blocks = [
        f'<div class="math block" role="group" tabindex="0" aria-label="Formula {number}">{rest}'
        for number, rest in enumerate(formulas, 1)
    ]
    return "".join([before, *blocks])


def _unstyle(tokens: list[Token]) -> None:
    """Columns of figures get a class: the security policy lets no style stand in a page."""
    for token in tokens:
        if token.type in ("th_open", "td_open") and token.attrs.pop("style", ""):
            token.attrSet("class", "figure")


def _head_cells(tokens: list[Token]) -> None:
    """In a narrow window a table is a list: each cell tells its column's head, as those of `chart.html` do."""
    heads, cell = list[str](), 0
    for token, following in pairwise(tokens):
        if token.type == "table_open":
            token.attrSet("class", "stack")
            heads = []
        elif token.type == "tr_open":
            cell = 0
        elif token.type == "th_open":
            heads.append("".join(one.content for one in following.children or []))
        elif token.type == "td_open":
            token.attrSet("data-head", heads[cell])
            cell += 1


def _relink(tokens: list[Token], link: Rewrite) -> None:
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("href", link(str(token.attrGet("href"))))
        _relink(token.children or [], link)
