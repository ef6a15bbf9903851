"""Every page of the product: where it is, who sees it, and what is sent to it.

A page that is served and not named here fails `tests/unit/pages/test_every_page.py`. `{name}` stands for what the
scene has there: the id of the holder's own assessment, the number of a request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Form = Mapping[str, str]
CODE = "15-1252.00"
PURPOSE = "file 7"
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Page:
    """What `holder` sees at `path`; with a `form`, after it was sent. `guesses`: a secret is tried, which is counted
    against whoever tries.
    """

    service: str
    path: str
    holder: str = NOBODY
    form: Form | None = None
    told: str = ""
    guesses: bool = False
    fills: Form = field(default_factory=dict)

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    @property
    def name(self) -> str:
        """To tell it from all others."""
        told = f" ({self.told})" if self.told else ""
        seen_by = "" if self.holder == NOBODY else f" as {self.holder}"
        return f"{self.service} {self.path}{told}{seen_by}"


def _steps(path: str, holder: str, *steps: str) -> list[Page]:
    return [Page("intake", path, holder, {"step": one, "occupation": CODE}, one) for one in steps]


_OWN = "/result/{id}"
_ANSWERS = ("occupation", "tasks", "skills", "habits")
_HAND_IN = {"step": "consent", "occupation": CODE, "go": "hand-in"}
_SAVE = {"step": "skills", "occupation": CODE, "go": "save"}
_KEEP = {"step": "skills", "occupation": CODE, "go": "keep", "token": "ab" * 16, "draft": "yes", "of_age": "yes"}
_CLIENT = {
    "label:1": "Client",
    "kind:1": "contract",
    "monthly:1": "3200",
    "ends:1": "2099-03",
    "renewal:1": "negotiated",
}
_LISTED = {"go": "review", "currency": "EUR", "expenses": "2500", "reserve": "9000", **_CLIENT, "notice:1": "1"}
_DAYS = dict.fromkeys(("from", "to", "reference-from", "reference-to"), "{today}")
_COMPARED = {"organisation": "acme", "span": "own", "purpose": PURPOSE, **_DAYS}
_OVER = "session over"
_REVIEW = {"right": "review", "statement": "They counted my pause twice."}
_LETTER = "/operations/dead-letters/{topic}/{offset}"

INTAKE = [
    Page("intake", "/"),
    Page("intake", "/", form={"claim": "AAAA"}, told="wrong code", guesses=True),
    Page("intake", "/assessment"),
    Page("intake", "/assessment", form={"step": "occupation", "q": "nurse", "go": "search"}, told="found"),
    Page("intake", "/assessment", form={"step": "occupation", "q": "qqqqq", "go": "search"}, told="not found"),
    *_steps("/assessment", NOBODY, *_ANSWERS, "income", "consent"),
    Page("intake", "/assessment", form=_HAND_IN, told="agreed to nothing"),
    Page("intake", "/assessment", form=_SAVE, told="save"),
    Page("intake", "/assessment", form=_KEEP, told="saved"),
    Page("intake", "/privacy-notice"),
    Page("intake", "/accessibility"),
    Page("intake", "/methodology"),
    *(
        Page("intake", "/methodology/{name}", told=name, fills={"name": name})
        for name in ("score", "advice", "figures", "limits")
    ),
    Page("intake", "/methodology/calculator"),
    Page("intake", "/methodology/calculator", form={"b:ai.used": "a lot"}, told="recomputed"),
    Page("intake", "/result"),
    Page("intake", "/result", form={"claim": "AAAA"}, told="wrong code", guesses=True),
    Page("intake", "/result", "saver", told="no result yet"),
    Page("intake", _OWN, "person"),
    Page("intake", f"{_OWN}/outlook", "person"),
    Page("intake", f"{_OWN}/plan", "person"),
    Page("intake", f"{_OWN}/plan", "person", {"hours": "5", "months": "6"}, "asked"),
    Page("intake", f"{_OWN}/what-if", "person"),
    Page("intake", f"{_OWN}/what-if", "person", {"w:ai.used": "4"}, "asked"),
    Page("intake", f"{_OWN}/smallest-change", "person"),
    Page("intake", f"{_OWN}/smallest-change", "person", {"target": "90"}, "asked"),
    Page("intake", f"{_OWN}/paths", "person"),
    Page("intake", f"{_OWN}/paths", "person", {"ranked_by": "wage", "aim": "{aim}"}, "asked"),
    Page("intake", f"{_OWN}/income", "person"),
    Page("intake", f"{_OWN}/income", "person", _LISTED, "asked"),
    Page("intake", f"{_OWN}/income", "without income"),
    Page("intake", "/income"),
    Page("intake", "/income", form=_LISTED, told="listed"),
    Page("intake", "/income", form={"go": "review", "expenses": "much"}, told="mistaken"),
    Page("intake", f"{_OWN}/plan", form={"hours": "5"}, told=_OVER, fills={"id": "ab" * 16}),
    Page("intake", f"{_OWN}/correction", "person"),
    *_steps(f"{_OWN}/correction", "person", *_ANSWERS, "income", "correct"),
    Page("intake", "/invitation"),
    Page("intake", "/invitation", form={"code": "AAAA"}, told="wrong code", guesses=True),
    Page("intake", "/invitation/notice", "invited"),
    Page("intake", "/invitation/assessment", "invited"),
    *_steps("/invitation/assessment", "invited", *_ANSWERS, "hand-in"),
    Page("intake", "/invitation/result", "employee"),
    Page("intake", "/no-such-page"),
]

CONSENT = [
    Page("consent", "/"),
    Page("consent", "/", form={"claim": "AAAA"}, told="wrong code", guesses=True),
    Page("consent", "/", "person"),
    Page("consent", "/employee"),
    Page("consent", "/employee", form={"code": "AAAA"}, told="wrong code", guesses=True),
    Page("consent", "/employee/claim", "employee"),
    Page("consent", "/follow"),
    Page("consent", "/follow", form={"number": "7"}, told="wrong number"),
    Page("consent", "/receipt"),
    Page("consent", "/receipt", form={"receipt": "{}"}, told="no receipt"),
    Page("consent", "/receipt", "erased", {"request": "{id}"}, "verified"),
    *(
        Page("consent", "/notices/{name}", told=name, fills={"name": name})
        for name in ("individuals-2", "employees-3")
    ),
    Page("consent", "/consents", "person"),
    Page("consent", "/rights", "person"),
    Page("consent", "/rights", "person", {"right": "objection"}, "refused"),
    Page("consent", "/rights", form=_REVIEW, told=_OVER),
    Page("consent", "/rights", form={**_REVIEW, "code-again": "AAAA"}, told="wrong code", guesses=True),
    Page("consent", "/erasure", "person"),
    Page("consent", "/erasure", "person", {}, "not sure"),
    Page("consent", "/requests", "person"),
    Page("consent", "/requests/{id}", "person"),
    Page("consent", "/requests/{id}", "person", {}, "too late to cancel"),
    Page("consent", "/requests/{id}", "erased"),
    Page("consent", "/requests/{id}/report", "person"),
    Page("consent", "/no-such-page"),
]

AUDIT = [
    Page("audit", "/login"),
    Page("audit", "/login", form={"name": "nobody", "password": "x", "code": "000000"}, told="wrong", guesses=True),
    Page("audit", "/password", "newcomer"),
    Page("audit", "/password", "newcomer", {"password": "short"}, "too short"),
    Page("audit", "/", "auditor"),
    Page("audit", "/completeness", "auditor"),
    Page("audit", "/entries", "auditor"),
    Page("audit", "/entries", "auditor", {"purpose": PURPOSE}, "found"),
    Page("audit", "/entries/{index}", "auditor"),
    Page("audit", "/entries/{index}", "auditor", {"purpose": PURPOSE, "key": "review"}, "opened"),
    Page("audit", "/entries/{index}", "overseer", told="of an act"),
    Page("audit", "/entries/{index}/act", "overseer", {"purpose": PURPOSE}, "opened"),
    Page("audit", "/entries/{index}/act", "overseer", {"purpose": ""}, "no purpose"),
    Page("audit", "/reviews", "overseer"),
    Page("audit", "/reviews/{request}", "overseer"),
    Page("audit", "/reviews/{request}", "overseer", {"purpose": PURPOSE}, "opened"),
    Page("audit", "/reviews/{request}/decision", "overseer", {"reason": "no"}, "no reason"),
    Page("audit", "/fairness", "auditor"),
    Page("audit", "/fairness", "auditor", _COMPARED, "asked"),
    Page("audit", "/drift", "auditor"),
    Page("audit", "/drift", "auditor", _COMPARED, "asked"),
    Page("audit", "/evidence", "auditor"),
    Page("audit", "/evidence", "auditor", {"what": "decisions"}, "no purpose"),
    Page("audit", "/requests", "auditor"),
    Page("audit", "/incidents", "auditor"),
    Page("audit", "/incidents", "auditor", {"kind": "breach"}, "no time"),
    Page("audit", "/incidents", form={"kind": "breach"}, told=_OVER),
    Page("audit", "/incidents/{entry}/reported", "auditor", {"to": ""}, "to nobody"),
    Page("audit", "/operations", "operator"),
    Page("audit", _LETTER, "operator"),
    Page("audit", f"{_LETTER}/replay", "operator", {"reason": ""}, "no reason"),
    Page("audit", "/no-such-page", "auditor"),
]

PAGES = (*INTAKE, *CONSENT, *AUDIT)

FILES = {
    ("intake", "/methodology/standalone.py"),
    ("intake", "/result/{id}/result.json"),
    ("intake", "/result/{id}/result.pdf"),
    ("consent", "/consents/{id}/receipt"),
    ("consent", "/requests/{id}/file"),
    ("consent", "/requests/{id}/receipt.json"),
    ("audit", "/entries/{index}/proof"),
    ("audit", "/incidents/{entry}/report"),
}
"""What a person takes along; no page."""

LEADING_ON = {
    ("intake", "/result/close"),
    ("intake", "/invitation/close"),
    ("consent", "/leave"),
    ("consent", "/consents"),
    ("audit", "/logout"),
    ("audit", "/completeness"),
}
"""Forms that are answered by the way to another page, whatever is sent."""
