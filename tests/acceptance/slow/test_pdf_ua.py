"""Every PDF that people take along is accessible: veraPDF finds no breach of PDF/UA-1 (ISO 14289-1) in any."""

import asyncio
import hashlib
from pathlib import Path

import aiohttp
import pytest

from infra.documents.pdf import pdf
from infra.local.jars import fetch_jars, jar_directory
from tests.conftest import DATA
from tests.running import Running
from tests.scene.cast import assessed
from tests.scene.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
POM = Path(__file__).parent / "verapdf" / "pom.xml"
JAR_SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
WITHOUT_TITLE = "<html><body><p>No language, no title.</p></body></html>"


async def verdicts(directory: Path) -> dict[str, str]:
    """`PASS` or `FAIL` of each PDF in a directory."""
    jars = jar_directory(DATA, pom=POM)
    await fetch_jars(jars, pom=POM)
    (jar,) = jars.glob("*.jar")
    assert hashlib.sha256(jar.read_bytes()).hexdigest() == JAR_SHA256
    command = ("-cp", jar, "org.verapdf.apps.GreenfieldCliWrapper", "-f", "ua1", "--format", "text", directory)
    validating = await asyncio.create_subprocess_exec("java", *map(str, command), stdout=asyncio.subprocess.PIPE)
    told, _ = await validating.communicate()
    lines = [line.split() for line in told.decode().splitlines()]
    return {Path(file).name: verdict for verdict, file, *_ in lines}


@pytest.mark.parametrize("cluster", ["sqlite"], indirect=True)
async def test_a_validator_finds_no_breach_in_any_pdf_and_one_where_there_is_one(
    running: Running, tmp_path: Path
) -> None:
    # Given the result and the letter of somebody with and of somebody without an income, in each language
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        stage = Stage(running, http)
        for profile in ("core", "core+income"):
            assessment, claim = await assessed(stage, profile)
            entered = await stage.enter("intake", "/result", {"claim": claim}, f"/result/{assessment}")
            for language in ("en", "de"):
                result = f"{running.intake}/result/{assessment}/result.pdf"
                letter = f"{running.intake}/v1/assessments/{assessment}/letter?format=pdf&lang={language}"
                for name, address, proof in (
                    ("result", result, entered.as_headers() | {"Accept-Language": language}),
                    ("letter", letter, {"Authorization": f"Claim {claim}"}),
                ):
                    async with http.get(address, headers=proof) as answer:
                        assert (answer.status, answer.content_type) == (200, "application/pdf")
                        (tmp_path / f"{name}-{profile}-{language}.pdf").write_bytes(await answer.read())
    (tmp_path / "breach.pdf").write_bytes(await asyncio.to_thread(pdf, WITHOUT_TITLE))
    # When each is validated
    found = await verdicts(tmp_path)
    # Then all are PDF/UA-1 but the one that is none
    assert found.pop("breach.pdf") == "FAIL"
    assert (len(found), set(found.values())) == (8, {"PASS"})
