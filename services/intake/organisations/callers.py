"""Who calls: an HR platform with an access token, a person with a claim code, or a person who begins."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from infra.http.operation import operation_of
from infra.http.problems import Problem
from infra.http.quota import Quota
from infra.keys.client import KeyClient
from schemas.purposes import INDIVIDUALS
from services.intake.organisations.access_tokens import Grant, insufficient, unauthorised
from services.intake.organisations.outside_tokens import Grants


@dataclass(frozen=True, slots=True)
class Caller:
    """`tenant` is the organisation, or `individuals`; `claim_code` is a person's own proof, if there is one.

    An employee who was `invited` reads the one assessment as its person.
    """

    tenant: str
    claim_code: str | None = None
    invited: bool = False

    @property
    def is_person(self) -> bool:
        """Whether a person calls, and not an organisation."""
        return self.tenant == INDIVIDUALS

    @property
    def reads_own(self) -> bool:
        """Whether what is read is the caller's own."""
        return self.is_person or self.invited


def organisations_quota() -> Quota:
    """10,000 requests at once, and 1,000 a second: enough to fetch each result by itself as fast as they are made.

    A stream is one of them, however long.
    """
    return Quota(10_000, 0.001)


class Callers:
    """Tells callers by their `Authorization` header. `refusal` says why an organisation's tokens open nothing."""

    def __init__(
        self,
        tokens: Grants,
        keys: KeyClient,
        quota: Quota | None = None,
        refusal: Callable[[str], Problem | None] = lambda _: None,
    ) -> None:
        self._tokens = tokens
        self._quota = quota or organisations_quota()
        self._keys = keys
        self._refusal = refusal

    def caller(self, request: web.Request) -> Caller:
        """The caller; none of the header's content is ever repeated in an answer. Raises Problem (401)."""
        header = request.headers.get("Authorization")
        if header is None:
            return Caller(INDIVIDUALS)
        scheme, _, credentials = header.partition(" ")
        match scheme.lower():
            case "bearer":
                return self._organisation(request, credentials.strip())
            case "claim" if (code := claim_of(request)) is not None:
                return Caller(INDIVIDUALS, code)
            case "claim":
                raise _no_claim()
        raise unauthorised("invalid_request", "Authorization is either 'Bearer <token>' or 'Claim <code>'.")

    def _organisation(self, request: web.Request, token: str) -> Caller:
        """Whose token it is, where it has the scope that the route's declaration names. Raises Problem (401, 403)."""
        grant = self._granted(token)
        self._quota.take(request, grant.tenant)
        declared = operation_of(request.match_info.handler)
        needed = [proof.scope for proof in declared.proofs if proof.scope] if declared else []
        if needed and not grant.scopes.intersection(needed):
            raise insufficient(needed[0])
        return Caller(grant.tenant)

    def _granted(self, token: str) -> Grant:
        grant = self._tokens.grant(token)
        self.still(grant.tenant)
        return grant

    def still(self, tenant: str) -> None:
        """Raise Problem (401) where the organisation may do nothing any more, whatever it has begun."""
        if (refusal := self._refusal(tenant)) is not None:
            raise refusal

    def known(self, request: web.Request) -> bool:
        """Whether an organisation asks, which has a quota of its own."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        try:
            return bool(self._granted(token.strip()))
        except Problem:
            return False

    def organisation(self, request: web.Request) -> Caller:
        """The organisation that calls. Raises Problem (401) for everybody else."""
        caller = self.caller(request)
        if caller.is_person:
            raise unauthorised("invalid_token", "This needs an organisation's access token.")
        return caller

    def proved(self, request: web.Request, tenant: str) -> Caller:
        """The organisation that has proved itself by its secret, counted like any other. Raises Problem (429)."""
        self._quota.take(request, tenant)
        return Caller(tenant)

    async def alias(self, caller: Caller) -> str:
        """The alias of the person who calls. Raises Problem (401), for a wrong code as for none."""
        if caller.claim_code is None:
            raise _no_claim()
        alias = await self._keys.resolve(caller.claim_code)
        if alias is None:
            raise _no_claim()
        return alias


def claim_of(request: web.Request) -> str | None:
    """The claim code that comes with a request; None where there is none, and for what can be none."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip()[:200] if scheme.lower() == "claim" and credentials.isascii() else None


def _no_claim() -> Problem:
    return Problem(
        401,
        "unauthorised",
        "Not authorised",
        "A person's own assessment is read with 'Authorization: Claim <code>'; this code opens nothing.",
        headers={"WWW-Authenticate": 'Claim realm="careerpulse"'},
    )
