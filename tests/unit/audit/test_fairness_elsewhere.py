"""The same people, given to fairlearn and SciPy: the same rates, ratios and p."""

from random import Random

import pytest

from schemas.statistics import AGE_BANDS
from services.audit.statistics.fairness import Compared, compared, doubled_median
from services.audit.statistics.stability import POINTS

PEOPLE = 3_000


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of other people's libraries
def test_fairlearn_and_scipy_agree_on_the_same_people() -> None:
    from fairlearn.metrics import MetricFrame, selection_rate
    from scipy.stats import fisher_exact

    # Given people whose scores rise a little with their age band
    chance = Random("fairness")
    bands = chance.choices(AGE_BANDS, weights=(8, 30, 28, 20, 12, 2), k=PEOPLE)
    scores = [min(100, max(0, round(chance.gauss(48 + AGE_BANDS.index(band), 12)))) for band in bands]
    groups = {band: [0] * POINTS for band in AGE_BANDS}
    for band, score in zip(bands, scores, strict=True):
        groups[band][score] += 1
    sample = [sum(column) for column in zip(*groups.values(), strict=True)]
    # When each is reckoned here and there
    ours = {one.group: one for one in compared(sample, groups) if isinstance(one, Compared)}
    median = doubled_median(sample)
    above = [2 * score > (median or 0) for score in scores]
    theirs = MetricFrame(metrics=selection_rate, y_true=above, y_pred=above, sensitive_features=bands).by_group
    # Then rates, ratios and Fisher's p are the same
    best = max(theirs)
    (highest,) = [one for one in ours.values() if one.deviations_squared is None]
    table = {
        name: (sum(counts), sum(a for a, band in zip(above, bands, strict=True) if band == name))
        for name, counts in groups.items()
    }
    assert set(ours) == set(AGE_BANDS)
    for band, one in ours.items():
        assert float(one.rate) == pytest.approx(theirs[band])
        if one is highest:
            assert theirs[band] == best
            continue
        rows = [(reached, people - reached) for people, reached in (table[band], table[highest.group])]
        assert float(one.ratio) == pytest.approx(theirs[band] / best)
        assert float(one.rarity) == pytest.approx(fisher_exact(rows).pvalue)
