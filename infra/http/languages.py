"""In which language an answer is given: as `?lang=` asks, else as `Accept-Language` prefers (RFC 9110, 12.5.4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiohttp import hdrs, web

from infra.http.operation import Parameter
from infra.http.parameters import Parameters

ACCEPT_LANGUAGE = Parameter(
    hdrs.ACCEPT_LANGUAGE, "The languages that are wanted, such as `de-AT, en;q=0.5`.", {"type": "string"}
)
LONGEST_HEADER = 500
ANY = "*"


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language of an answer, and whether the header had a say in it: then a cache keeps one for each header."""

    language: str
    negotiated: bool

    @property
    def headers(self) -> dict[str, str]:
        """`Content-Language`, and `Vary` where it is due."""
        told: dict[str, str] = {hdrs.CONTENT_LANGUAGE: self.language}
        if self.negotiated:
            told[hdrs.VARY] = hdrs.ACCEPT_LANGUAGE
        return told


def spoken_in(request: web.Request, asked: Parameters, among: Sequence[str]) -> Spoken:
    """One of the languages; the first of them where nobody asks for any. `?lang=` goes before the header."""
    return Spoken(asked.choice("lang", among, preferred(request, among)), negotiated="lang" not in request.query)


def preferred(request: web.Request, among: Sequence[str]) -> str:
    """The one that the request's header wants most; the first where it wants none of them."""
    return accepted(",".join(request.headers.getall(hdrs.ACCEPT_LANGUAGE, [])), among) or among[0]


def accepted(header: str, among: Sequence[str]) -> str | None:
    """The language that an `Accept-Language` header wants most, by primary subtags; None where it wants none."""
    wanted = dict(_weighed(header[:LONGEST_HEADER]))
    for tag, weight in sorted(wanted.items(), key=lambda one: -one[1]):
        fitting = [one for one in among if one == tag or (tag == ANY and one not in wanted)]
        if weight > 0 and fitting:
            return fitting[0]
    return None


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    """Each primary subtag with its highest weight; what is malformed is left out."""
    found: dict[str, float] = {}
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        name, _, number = weight.strip().partition("=")
        try:
            parsed = float(number) if name.strip() in ("q", "Q") else 1.0
        except ValueError:
            continue
        subtag = tag.strip().lower().partition("-")[0]
        found[subtag] = max(parsed, found.get(subtag, parsed))
    yield from found.items()
