"""The revisions of each service are one chain, and the names of their files tell their order."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from infra.db.migrate import newest

SERVICES = Path(__file__).parents[3] / "services"


@pytest.mark.parametrize("service", ["intake", "consent", "audit"])
def test_revisions_are_one_chain_in_the_order_of_their_numbers(service: str) -> None:
    scripts = SERVICES / service / "migrations"

    revisions = ScriptDirectory(str(scripts)).walk_revisions()
    chain = [(script.revision, Path(script.path).name[1:5]) for script in revisions]

    assert [revision for revision, _ in chain] == [number for _, number in chain]
    assert len({number for _, number in chain}) == len(list((scripts / "versions").glob("r*.py")))
    assert chain[0][0] == newest(scripts)
    assert chain == sorted(chain, reverse=True)
