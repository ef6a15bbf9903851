"""A release with a new version of the methodology starts over the old data: nothing changes until a person asks."""

import json
from pathlib import Path

import pytest

from services.methodology.version import load
from tests.acceptance.conftest import started
from tests.acceptance.slow.people import assert_readable, hand_in
from tests.acceptance.test_own_assessment import replayed
from tests.acceptance.waiting import until
from tests.twins import second_version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_AT_START = f"""
from pathlib import Path
from {second_version.PACKAGE} import rules
from services.methodology.version import PUBLISHED, Published
PUBLISHED["{second_version.ID}"] = Published(rules, Path(rules.__file__).parent, "{second_version.PACKAGE}")
"""


async def test_old_answers_are_scored_by_the_new_version_beside_the_old_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "stack"
    # Given a person whom the first version has scored
    async with started(data, None, None) as running:
        someone = await hand_in(running, "early")
        await running.officer.until(4)
        size = await running.officer.size()
    # When every service is started again with a second version
    directory = second_version.written(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(_AT_START)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    second_version.published(directory, monkeypatch)
    async with started(data, None, None) as running:
        # Then the old result is what it was, and the series offers to score its answers again
        await assert_readable(running, someone)
        _, told = await running.get("/v1/assessments", someone.headers)
        (offered,) = told["assessments"]
        assert (told["newest_methodology"]["version"], offered["older_version"]) == ("2", True)
        # When the person takes the offer
        status, taken = await running.post(offered["links"]["rescore"], b"", someone.headers)
        assert status == 202, taken
        place = taken["links"]["self"]
        _, new = await until(lambda: running.get(place, someone.headers), lambda answer: "result" in answer[1])
        # Then the new result stands beside the old one, each replayed under its own version
        await assert_readable(running, someone)
        versions = [result["methodology"]["version"] for result in (someone.result, new["result"])]
        assert versions == ["1", "2"]
        for assessment, version in zip((someone.assessment, taken["id"]), versions, strict=True):
            exit_code, output = await replayed(running, assessment, someone.claim_code)
            assert (exit_code, f"methodology {version} " in output) == (0, True), output
        # and nothing is told of a change between them
        _, told = await running.get("/v1/assessments", someone.headers)
        assert (len(told["assessments"]), told["changes"]) == (2, [])
        # and the log has one entry for receiving and one for scoring it, the latter by the new version
        await running.officer.until(size + 2)
        kinds = [one["entry"]["type"] for one in await running.officer.page(size)]
        assert (kinds.count("received"), kinds.count("scored")) == (1, 1)
        scored = json.loads((await running.officer.newest("scored")).entry)
        assert scored["methodology"] == load("2").hash
