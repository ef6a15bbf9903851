"""Where the sizes of the errors come from, by dimension and language."""

from services.methodology.v1 import definition as d


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


WHERE_FROM = {
    "en": {
        "tasks": f"assumed; {_points(d.SEM_TYPICAL_MIX)} if the mix is untouched. Reference: per occupation, at least "
        f"{_points(d.SE_TASKS_MINIMUM)}: sample SD of the three sources over √3",
        "skills": f"simulated; the reference rises by {_points(d.SE_ESTIMATED)} where skills are estimated",
        "ai": "assumed: α .80, SD 20",
        "learning": "assumed: α .75, SD 20",
        "market": 'the projections\' own evaluations: "faster than average" right in 52 to 67 % of cases; size is judgement',
        "transfer": "simulated; reference assumed",
        "income": "assumed",
    },
    "de": {
        "tasks": f"angenommen; {_points(d.SEM_TYPICAL_MIX)} bei unveränderter Mischung. Referenz: je Beruf, mindestens "
        f"{_points(d.SE_TASKS_MINIMUM)}: Standardabweichung der drei Quellen durch √3",
        "skills": f"simuliert; die Referenz steigt um {_points(d.SE_ESTIMATED)}, wo Fähigkeiten geschätzt sind",
        "ai": "angenommen: α 0,80, Standardabweichung 20",
        "learning": "angenommen: α 0,75, Standardabweichung 20",
        "market": "die eigene Auswertung der Voraussagen: „schneller als der Durchschnitt“ traf in 52 bis 67 % der Fälle "
        "zu; die Größe ist ein Urteil",
        "transfer": "simuliert; Referenz angenommen",
        "income": "angenommen",
    },
}
