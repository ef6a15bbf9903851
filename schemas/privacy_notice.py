"""The privacy notices that were ever published, and the languages in which they stand.

Whoever consents says which notice was shown in which language, and only what there is can have been shown: a text of
ours, or the organisation's own one, which its registration names. The texts are consent's
(`services.consent.privacy_notices`).
"""

from collections.abc import Collection, Iterator
from typing import Final

from schemas.faults import Fault
from schemas.purposes import INDIVIDUALS

NOTICES: Final = (
    "decision-ai-1",
    "employees-1",
    "employees-2",
    "employees-3",
    "individuals-1",
    "individuals-2",
    "workplace-ai-1",
)
NOTICE_LANGUAGES: Final = ("en", "de")
NEWEST: Final = "individuals-2"
"""What those who come by themselves are shown now."""
_CODES: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
    "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
    "it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms "
    "mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk "
    "sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu"
)
_ISO_639_1: Final = frozenset(_CODES.split())
"""The languages that have a code of two letters (ISO 639-1)."""


def notices_for(*, individuals: bool) -> tuple[str, ...]:
    """Ours for those who come by themselves, or for an organisation's people."""
    return tuple(name for name in NOTICES if name.startswith(INDIVIDUALS) == individuals)


def unshown(notice: str, language: str, *, individuals: bool, own: Collection[str] = ()) -> Iterator[Fault]:
    """What of it cannot have been shown, with what would be right. `own` are the organisation's own notices.

    A language may have its region (`de-AT`): our texts are shown to all who read the language.
    """
    spoken, ours = language.partition("-")[0], notices_for(individuals=individuals)
    if notice not in ours and notice not in own:
        right = ", ".join(dict.fromkeys((*ours, *own)))
        yield Fault("/notice", f"There is no such notice; right would be {right}.")
    elif notice in ours and spoken not in NOTICE_LANGUAGES:
        yield Fault("/language", f"{notice} was never shown in it; right would be {', '.join(NOTICE_LANGUAGES)}.")
    elif spoken not in _ISO_639_1:
        yield Fault("/language", "There is no such language; right would be its code of ISO 639-1, such as en or de.")
