"""The publishers' files are reduced to source tables: the columns used, as published, with their origin."""

import hashlib
import json
from pathlib import Path

import pytest

from services.methodology.reference import RATINGS, reduce_all

PROFILE = (
    "onet_soc,element,name,importance,level,importance_se,level_se,suppress,not_relevant\n"
    "11-1011.00,2.A.1.b,Listening,4.0,0.50,0,0,,Y\n11-1011.00,2.A.1.a,Reading,4.12,4.60,0,0,Y,N\n"
)
ORIGINALS = {
    "onet_occupations.csv": "onet_soc,title,job_zone\n11-1011.00,Chief Executives,5\n",
    "occ_level.csv": (
        f"O*NET-SOC Code,Title,{','.join(RATINGS)}\n11-1011.00,Chief Executives,0.1,0.35,0.3,0.2,0.4600,0.6\n"
    ),
    "iwa_metrics.csv": (
        "IWA,title,completion_x_scope_x_coverage_user,completion_x_scope_x_coverage_ai,share_user\n"
        "4.A.1,Study details.,0.5289126962003395,0.35258815713875324,1\n"
    ),
    "soc_iwa_weights.csv": "SOC Code,4.A.2,4.A.1\n11-1011,0.0,8.939213233527807\n",
    "soc_ai_applicability_scores.csv": "SOC Code,title,ai_applicability_score\n11-1011,Chiefs,0.155\n",
    "onet_knowledge.csv": PROFILE,
    "onet_skills.csv": PROFILE,
    "onet_hot_technologies.csv": "onet_soc,technology,group,hot,in_demand\n11-1011.00,Python,Software,Y,N\n",
    "onet_related_occupations.csv": "onet_soc,related,tier,rank\n11-1011.00,B,x,10\n11-1011.00,A,x,2\n",
    "onet_alternate_titles.csv": "onet_soc,alternate_title\n11-1011.00,Owner\n11-1011.00,Chair\n",
    "onet_required_education.csv": "onet_soc,education_category,percent,se\n11-1011.00,6.0,32.29,1\n",
    "bls_projections_2024_34.csv": (
        "title,soc,kind,employment_2024_thousands,employment_2034_thousands,change_percent,"
        "self_employed_percent,annual_openings_thousands,median_wage_2024_usd,"
        "entry_education,work_experience,training\n"
        "    Chief executives,11-1011,Line item,309.4,322.6,4.3,1,22.2,206420,Bachelor's degree,,\n"
    ),
}


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    directory = tmp_path / "originals"
    directory.mkdir()
    for name, text in ORIGINALS.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def test_only_the_columns_used_are_kept_and_figures_stay_as_published(originals: Path, tmp_path: Path) -> None:
    target = tmp_path / "sources"
    list(reduce_all(originals, target))
    lines = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in target.glob("*.csv")}
    assert lines["exposure"][1] == "11-1011.00,0.1,0.35,0.3,0.2,0.4600,0.6"
    assert lines["activities"] == [
        "id,title,user,ai",
        "4.A.1,Study details.,0.5289126962003395,0.35258815713875324",
    ]
    assert lines["activity_weights"] == ["soc,activity,weight", "11-1011,4.A.1,8.939213233527807"]
    assert lines["knowledge"] == ["code,2.A.1.a,2.A.1.b", "11-1011.00,4.12/4.60s,4.0/0.50n"]
    assert lines["related"] == ["code,related", "11-1011.00,A B"]
    assert lines["alternate_titles"] == ["code,titles", "11-1011.00,Chair|Owner"]
    assert lines["projections"][1].startswith("11-1011,Line item,Chief executives,309.4,4.3,22.2,206420")


def test_the_manifest_names_publisher_release_licence_date_and_hash(originals: Path, tmp_path: Path) -> None:
    target = tmp_path / "sources"
    list(reduce_all(originals, target))
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {path.stem for path in target.glob("*.csv")}
    entry = manifest["occupations"]
    assert (entry["release"], entry["licence"], entry["date"]) == ("29.3", "CC BY 4.0", "2025-05")
    original = (originals / "onet_occupations.csv").read_bytes()
    assert entry["original_sha256"] == hashlib.sha256(original).hexdigest()


def test_the_same_originals_give_the_same_bytes(originals: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        list(reduce_all(originals, tmp_path / name))
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert made[0] == made[1]


def test_a_missing_original_is_named(originals: Path, tmp_path: Path) -> None:
    (originals / "occ_level.csv").unlink()
    with pytest.raises(FileNotFoundError, match="occ_level"):
        list(reduce_all(originals, tmp_path / "sources"))
