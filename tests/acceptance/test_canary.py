"""The self-test over the running services: somebody who does not exist goes the whole way, and nothing is left."""

import re

from infra.local.operator_calls import ask
from tests.acceptance.conftest import Running
from tests.acceptance.test_faults import types_since
from tests.acceptance.test_nothing_in_the_clear import metrics
from tests.acceptance.waiting import until


async def test_a_canary_is_scored_and_erased_and_nothing_of_it_can_be_read_back(running: Running) -> None:
    size = await running.officer.size()
    # When the operator has the service test itself
    test = await ask(running.stack.place.admin_socket("consent"), "POST", "/privacy/self-tests")
    # Then all was tried, and nothing found
    assert [check for check in test["checks"] if check["found"]] == []
    tried = {check["tried"] for check in test["checks"]}
    assert {"it is scored, and its person reads the result", "intake and audit hold it"} < tried
    assert {"intake tells no result", "no key for access"} < tried

    # And the metric and the log say so
    async def written() -> int:
        return (await types_since(running.officer, size, await running.officer.size()))["self-test"]

    assert await until(written, lambda count: count >= 1) == 1
    shown = (await metrics(running.http, {"consent": running.stack.urls["consent"]})).decode()
    (told,) = re.findall(r"^careerpulse_self_test_last_success_timestamp_seconds (\S+)$", shown, re.MULTILINE)
    assert float(told) > 0
