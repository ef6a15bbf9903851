"""OAuth 2.0 client credentials (RFC 6749, 4.4): what is asked, what is answered, and the scopes there are."""

from schemas.fields import Integer, Strict, Text

READ = "assessments.read"
WRITE = "assessments.write"
WEBHOOKS = "webhooks.manage"
EMPLOYEES = "employees.manage"
SCOPES = {
    WRITE: "Hand in employees' assessments.",
    READ: "Read status, results and, where the person has chosen so, reasons.",
    WEBHOOKS: "Subscribe to results as webhooks.",
    EMPLOYEES: "Pass codes on to employees, and decide on their requests.",
}


class TokenRequest(Strict):
    """The form. Client id and secret stand here or in HTTP Basic; without `scope` all that there are are given."""

    grant_type = Text(40, choices=("client_credentials",), required=True)
    scope = Text(1_000, minimum=0)
    client_id = Text(40, minimum=0)
    client_secret = Text(200, minimum=0)


class TokenAnswer(Strict):
    """The access token (RFC 6749, 5.1), a JWT as in RFC 9068."""

    access_token = Text(10_000, required=True)
    token_type = Text(10, choices=("Bearer",), required=True)
    expires_in = Integer(1, 86_400, required=True)
    scope = Text(1_000, required=True)


class TokenRefused(Strict):
    """Why there is no token (RFC 6749, 5.2)."""

    error = Text(40, pattern="[a-z_]+", required=True)
    error_description = Text(1_000)
