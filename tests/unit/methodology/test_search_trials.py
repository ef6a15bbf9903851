"""What people call their work finds that work first: a table of trials in German and in English."""

import pytest

from services.methodology.search import search

GERMAN = {
    "51-7011.00": "Tischler, Tischlerin, Schreiner, Tishler",
    "13-2011.00": "Buchhalter, Buchhalterin, Buchalter, Wirtschaftsprüfer, Wirtschaftspruefer",
    "51-3011.00": "Bäcker, Baecker, Bäckerin, Baeckerin",
    "51-3021.00": "Fleischer, Metzger",
    "35-2014.00": "Koch, Köchin, Koechin",
    "35-3031.00": "Kellner, Kellnerin",
    "39-5012.00": "Friseur, Friseurin, Frisör, Frisoer",
    "39-5094.00": "Kosmetikerin",
    "47-2111.00": "Elektriker, Elektrikerin, Elektrker, Elektroinstallateur",
    "47-2021.00": "Maurer",
    "47-2141.00": "Maler, Malerin",
    "47-2152.00": "Klempner, Installateur",
    "51-4121.00": "Schweißer, Schweisser",
    "49-9041.00": "Schlosser, Industriemechaniker, Mechaniker",
    "21-1021.00": "Sozialarbeiter, Sozialarbeiterin",
    "19-3033.00": "Psychologe, Psychologin",
    "49-3023.00": "Kfz-Mechatroniker, Automechaniker",
    "53-3032.00": "Lkw-Fahrer",
    "53-7051.00": "Gabelstaplerfahrer, Gabelstaplerfahrerin",
    "53-7062.00": "Lagerarbeiter",
    "41-2031.00": "Verkäufer, Verkäuferin, Verkaeuferin, Verkäfer",
    "29-1141.00": "Krankenpfleger, Krankenschwestr, Pflegekraft, Altenpflegerin",
    "29-1215.00": "Arzt, Ärztin, Aerztin, Hausarzt, Artz",
    "29-1021.00": "Zahnarzt, Zahnärztin, Zahnaerztin",
    "29-1131.00": "Tierarzt",
    "29-1051.00": "Apothekerin",
    "25-2031.00": "Lehrer, Lehrerin, Leherer",
    "25-2021.00": "Grundschullehrer",
    "23-1011.00": "Rechtsanwalt, Anwältin, Anwaeltin, Notar, Notarin, Staatsanwalt",
    "33-3051.00": "Polizist, Polizistin",
    "17-2051.00": "Bauingenieur",
    "17-1011.00": "Architekt, Architektin",
    "53-3033.00": "Paketbote",
    "41-4012.00": "Vertriebler",
    "29-2012.00": "MTA",
    "29-2092.00": "Hörgeräteakustiker, Hoerakustikerin",
    "39-7011.00": "Museumsführerin",
    "43-6012.00": "Rechtsanwaltsgehilfin",
    "43-4171.00": "Empfangsdame",
    "43-6014.00": "Sekretär, Sekretärin, Sekretaerin",
    "43-9061.00": "Bürokauffrau, Buerokaufmann",
    "41-3021.00": "Versicherungskaufmann",
    "27-3041.00": "Redakteur",
    "27-3023.00": "Journalist",
    "27-3091.00": "Übersetzerin, Uebersetzer, Dolmetscher",
    "27-1024.00": "Grafikdesigner, Grafiker, Gräfiker",
    "27-2042.00": "Musiker",
    "11-9013.00": "Landwirt, Bauer, Bäuerin, Baeuerin, Winzer",
    "37-3011.00": "Gärtner, Gaertnerin",
    "19-1032.00": "Förster, Foerster",
    "45-3031.00": "Fischer, Jäger, Jaeger",
    "37-2011.00": "Hausmeister",
    "53-5021.00": "Kapitän",
    "51-9071.00": "Goldschmied",
    "51-9012.00": "Brauer",
}
"""By the code of the occupation, what is typed: for men and women, compounds, ``ae`` for ``ä``, typing errors."""

ENGLISH = {
    "47-2031.00": "carpenter, carpentar",
    "13-2011.00": "accountant, accountants, acountant, auditor",
    "43-3031.00": "bookkeeper",
    "29-1141.00": "nurse, nruse",
    "23-1011.00": "lawyer, attorney",
    "47-2152.00": "plumber, plumer",
    "47-2111.00": "electrician, electrican",
    "51-4121.00": "welder",
    "49-3023.00": "mechanic",
    "53-3032.00": "truck driver, truck drivers",
    "41-2011.00": "cashier",
    "41-2031.00": "salesperson",
    "35-1011.00": "chef",
    "35-3031.00": "waiter, waitress",
    "35-3011.00": "bartender",
    "51-3011.00": "baker",
    "51-3021.00": "butcher",
    "39-5012.00": "hairdresser",
    "47-2141.00": "painter",
    "47-2181.00": "roofer, roofers",
    "47-2021.00": "bricklayer",
    "15-1251.00": "programmer, progammer",
    "15-1254.00": "web developer",
    "15-2051.00": "data scientist",
    "17-2051.00": "civil engineer",
    "17-2141.00": "mechanical engineer",
    "17-1011.00": "architect",
    "43-6014.00": "secretary, secretaries, secratary",
    "13-2082.00": "tax adviser, tax advisor",
    "41-3021.00": "insurance agent",
    "41-9022.00": "real estate agent",
    "27-3023.00": "journalist",
    "27-3041.00": "editor",
    "27-3091.00": "translator, interpreter",
    "27-1024.00": "graphic designer",
    "27-4021.00": "photographer",
    "27-2011.00": "actor",
    "11-9013.00": "farmer",
    "37-2011.00": "janitor, cleaner",
    "53-2031.00": "flight attendant",
    "43-5052.00": "mailman, postman",
    "11-3121.00": "hr manager",
    "19-1029.04": "biologist",
    "19-2012.00": "physicist",
    "29-1021.00": "dentist, dentst",
    "29-1131.00": "veterinarian, vet",
    "29-1123.00": "physiotherapist",
    "33-3051.00": "police officer, policeman",
    "33-2011.00": "firefighter",
    "27-2022.00": "coach, coaches",
    "25-4022.00": "librarian",
}
"""By the code of the occupation, what is typed: singular, plural, everyday words, typing errors."""

TRIALS = [
    pytest.param(query, language, code, id=f"{language}: {query}")
    for language, table in (("de", GERMAN), ("en", ENGLISH))
    for code, queries in table.items()
    for query in queries.split(", ")
]


@pytest.mark.parametrize(("query", "language", "code"), TRIALS)
def test_what_people_call_their_work_finds_it_first(query: str, language: str, code: str) -> None:
    assert search(query, 1, language)[0].code == code


@pytest.mark.parametrize(
    ("query", "language", "other"),
    [
        ("Tischler", "de", "Fischer/in und Jäger/in"),
        ("Drucker", "de", "Berufskraftfahrer/in für Lastkraftwagen"),
        ("Baecker", "de", "Packer/in von Hand"),
        ("actor", "en", "Buyers and Purchasing Agents, Farm Products"),
        ("musician", "en", "Entertainers and Performers, Sports and Related Workers, All Other"),
    ],
)
def test_a_title_that_was_typed_in_full_is_not_taken_for_another(query: str, language: str, other: str) -> None:
    assert other not in {one.title for one in search(query, 50, language)}


def test_words_that_no_title_has_together_may_be_mistyped_though_each_is_a_word() -> None:
    assert search("tax adviser")[0].found_by == "Tax Advisor"


def test_of_a_title_that_joins_names_the_first_stands_before_the_same_name_elsewhere_and_a_later_one_after() -> None:
    first, second = search("Buchhalter", 2, "de")
    assert (first.found_by, second.found_by) == ("Buchhalter/in und Wirtschaftsprüfer/in", "Buchhalter/in")
    first, second = search("Kosmetikerin", 2, "de")
    assert (first.found_by, second.found_by) == ("Kosmetiker/in", "Friseur/in und Kosmetiker/in")
