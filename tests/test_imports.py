"""Contributions come from DemocracyOS and from spreadsheets: once, right, and without anything private."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cities import minimal_city
from exports import ACCOUNT, NANTERRE, added, imported, nanterre, places, run, texts, write_csv

from agora_build.commands.imports import import_group
from agora_build.content.config_file import read_config
from agora_build.imports import register
from agora_build.imports.ods import write_ods
from agora_build.imports.values import quarters_of
from agora_build.problems import MESSAGES

PACKAGE = Path(__file__).parents[1] / "agora_build"
ORIGINAL = [
    "Topic ID", "Topic Title", "Topic URL", "Comment ID", "Comment Date", "Comment Time", "Comment Date-time",
    "Comment Text", "Comment Author Fullname", "Reply ID", "Reply Date", "Reply Time", "Reply Date-time", "Reply Text",
    "Reply Author Fullname",
]  # fmt: skip
DAY = ("--date", "2016-06-01")
ALONE = ["Les Quais", "Les usages", "", "", ACCOUNT, "30-34", "Les Quais", "Un banc ; puis un autre.\r\nEt de l’ombre."]
GROUP = ["Les Quais", "Les usages", "Atelier du marché", "24", ACCOUNT, "", "centre", "Des jeux d’eau."]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def test_the_export_of_nanterre_becomes_contributions(city: Path, tmp_path: Path) -> None:
    """Windows-1252, semicolons, a text on two lines, a group and how many it is; the account and the age stay out."""
    before = texts(city)
    file = nanterre(tmp_path / "contributions.csv", ALONE, GROUP)
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, told["taken"], told["problems"], told["notes"]) == (0, {"contributions": 2}, [], [])
    assert sorted(added(city, before), key=len) == [
        (
            "---\ndebate: usages\ndate: 2016-06-01\nvoice: individual\nchannel: web\nquarter: les-quais\n---\n"
            "Un banc ; puis un autre.\nEt de l’ombre.\n"
        ),
        (
            "---\ndebate: usages\ndate: 2016-06-01\nvoice: collective\nchannel: workshop\ngroup: Atelier du marché\n"
            "people: 24\nquarter: centre\n---\nDes jeux d’eau.\n"
        ),
    ]
    assert run("check", str(city))[0] == 0


def test_a_preview_writes_nothing_and_says_the_same(city: Path, tmp_path: Path) -> None:
    file = nanterre(tmp_path / "contributions.csv", ALONE, GROUP, [*GROUP[:3], "", *GROUP[4:]])
    before = texts(city)
    code, preview = imported(city, "democracyos", file, *DAY, "--dry-run")
    assert texts(city) == before
    assert (code, preview["taken"], preview["refused"]) == (1, {"contributions": 2}, 1)
    samples = preview.pop("samples")
    assert {**imported(city, "democracyos", file, *DAY)[1], "dry_run": True} == {**preview, "samples": []}
    assert {item["path"].rpartition("/")[2]: item["text"] for item in samples} == {
        name: text for name, text in texts(city).items() if name not in before
    }


def test_importing_twice_adds_nothing(city: Path, tmp_path: Path) -> None:
    """Neither the same file, nor one with its lines in another order and one more."""
    imported(city, "democracyos", nanterre(tmp_path / "one.csv", ALONE, GROUP), *DAY)
    before = texts(city)
    more = [*ALONE[:-1], "Un autre texte."]
    code, told = imported(city, "democracyos", nanterre(tmp_path / "two.csv", more, GROUP, ALONE), *DAY)
    assert (code, told["taken"], told["same"]) == (0, {"contributions": 1}, {"contributions": 2})
    assert len(texts(city)) == len(before) + 1


def test_what_changed_since_is_told_and_left(city: Path, tmp_path: Path) -> None:
    """A row that says something else than the file it made: staff compares, nothing is overwritten."""
    file = nanterre(tmp_path / "contributions.csv", GROUP)
    imported(city, "democracyos", file, *DAY)
    before = texts(city)
    file = nanterre(tmp_path / "contributions.csv", [*GROUP[:3], "42", *GROUP[4:]])
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, places(told)) == (1, [(2, "import-changed")])
    assert texts(city) == before


def test_two_rows_whose_names_would_be_the_same_get_two(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes of eight letters meet, in half a million rows: here there are 32 of them for 24 rows."""
    whole = register._tail
    monkeypatch.setattr(register, "_tail", lambda source, salt: whole(source, salt)[0] * 8)
    rows = [[*ALONE[:-1], f"Texte {rank}"] for rank in range(24)]
    file = nanterre(tmp_path / "contributions.csv", *rows)
    before = texts(city)
    assert imported(city, "democracyos", file, *DAY)[1]["taken"] == {"contributions": 24}
    assert len({text.partition("Texte")[2] for text in added(city, before)}) == 24
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, told["same"]) == (0, {"contributions": 24})


def test_equal_texts_are_two_contributions_and_are_told(city: Path, tmp_path: Path) -> None:
    file = nanterre(tmp_path / "contributions.csv", ALONE, GROUP, ALONE)
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, told["taken"], places(told, "notes")) == (0, {"contributions": 3}, [(5, "import-same-text")])
    assert imported(city, "democracyos", file, *DAY)[1]["same"] == {"contributions": 3}


def test_what_was_withdrawn_or_erased_here_does_not_come_back(city: Path, tmp_path: Path) -> None:
    file = nanterre(tmp_path / "contributions.csv", ALONE, GROUP)
    before = texts(city)
    imported(city, "democracyos", file, *DAY)
    one, two = (city / "content/campaigns/les-quais/contributions" / name for name in texts(city) if name not in before)
    one.unlink()
    two.write_text(
        "---\ndebate: usages\ndate: 2016-06-01\nvoice: individual\nchannel: web\nerased: 2016-07-02\n---\n", "utf-8"
    )
    (city / "content/campaigns/les-quais/moderation.yml").write_text(
        "reasons:\n  - id: hors-sujet\n    title: Hors sujet\n    text: Ailleurs.\n"
        f"withdrawn:\n  - id: {one.stem}\n    date: 2016-07-01\n    reason: À la demande de son auteur.\n"
        f"erased:\n  - id: {two.stem}\n    date: 2016-07-02\n",
        "utf-8",
    )
    now = texts(city)
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, told["gone"], told["taken"], told["same"]) == (0, 2, {}, {})
    assert texts(city) == now


def test_every_line_that_is_not_taken_is_told(city: Path, tmp_path: Path) -> None:
    """Each at its line, and the lines around it are taken."""
    file = tmp_path / "contributions.csv"
    base = "Les Quais;Les usages;{};{};id;;{};{}"
    lines = [
        "Concertation;Débat;Contribution collective;Nombre de participants;user-id;Age;Quartier;text",
        base.format("", "", "", "Première."),
        base.format("Un groupe", "", "", "Combien ?"),
        base.format("", "12", "", "Qui ?"),
        base.format("Un groupe", "douze", "", "En lettres."),
        base.format("", "", "", '"Guillemet ouvert'),
        base.format("", "", "", "Après le guillemet."),
        base.format("", "", "", ""),
        base.format("", "", "", "trop;de;cellules"),
        "Les Quais;Un autre débat;;;id;;;Où ?",
        "",
        base.format("", "", "", "x" * 8001),
        base.format("", "", "", ">" * 30 + " profond"),
        base.format("", "", "Les Quai", "Dernière."),
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1252") + b"\r\nLes Quais;Les usages;;;id;;;Illisible \x81\r\n")
    code, told = imported(city, "democracyos", file, *DAY)
    assert code == 1
    assert told["taken"] == {"contributions": 3}
    assert places(told) == [
        (3, "import-group-without-people"),
        (4, "import-people-without-group"),
        (5, "import-bad-number"),
        (6, "import-open-quote"),
        (8, "import-no-text"),
        (9, "import-cells"),
        (10, "import-unknown-debate"),
        (12, "citizen-text-too-long"),
        (13, "too-nested"),
        (15, "import-undecodable"),
    ]
    assert told["refused"] == 10
    assert places(told, "notes") == [(14, "import-unknown-quarter")]
    assert "les-quais" in told["notes"][0]["hint"]
    assert run("check", str(city))[0] == 0


def test_one_consultation_of_the_file_is_taken_and_debates_are_renamed(city: Path, tmp_path: Path) -> None:
    other = ["Plan Vélo", "Pistes", *ALONE[2:]]
    old = ["LES QUAIS", "Quels usages demain ?", *ALONE[2:]]
    file = nanterre(tmp_path / "contributions.csv", old, other, GROUP)
    code, told = imported(
        city, "democracyos", file, *DAY, "--consultation", "Les quais", "--debate", "Quels usages demain ?=usages"
    )
    assert (code, told["taken"], told["left"]) == (0, {"contributions": 2}, {"other-consultation": 1})


def test_the_quarters_of_the_old_platform_are_those_of_the_sample() -> None:
    """As its profiles wrote them: no two spellings of an apostrophe, a dash or an accent keep them apart."""
    config, _ = read_config(PACKAGE.parent)
    assert config is not None
    quarters = quarters_of(config.quarters)
    old = (
        "Centre", "Chemin-de-L'île", "La Boule Champs-Pierreux", "Parc Nord", "Parc Sud", "Petit-Nanterre",
        "Plateau Mont-Valérien", "République", "Université", "Vieux-Pont / Sainte Geneviève",
    )  # fmt: skip
    assert {quarters.find(name) for name in old} == {quarter.id for quarter in config.quarters}


def test_nothing_private_enters_the_city(city: Path, tmp_path: Path) -> None:
    """No address, number, age or account id in any file; each is told at its line and replaced by a mask."""
    before = texts(city)
    hidden = [
        "Écrivez-moi : moi.meme@exemple.fr ou moi(at)exemple.fr, au 01 47 29 50 50 ou +33 (0)6.12.34.56.78.",
        f"Je suis {ACCOUNT}, mailto:autre@sous.exemple.org, 0612345678, +44 20 7946 0000.",
    ]
    innocent = (
        "Le 12/05/2016, le 01/02/2016 10:30, 01.02.2016 12 30, 1 200 000 euros, 20160312 voix, l’article 2.1.3, "
        "@nanterre, 92000 et 0,5 m."
    )
    rows = [[*ALONE[:-1], text] for text in (*hidden, innocent)]
    rows.append(["Les Quais", "Les usages", "Groupe moi@exemple.fr", "3", ACCOUNT, "75+", "", "Du texte."])
    code, told = imported(city, "democracyos", nanterre(tmp_path / "contributions.csv", *rows), *DAY)
    written = added(city, before)
    for secret in ("moi.meme", "moi(at)", "exemple", "47 29", "12.34", "0612345678", "7946", ACCOUNT, "75+", "30-34"):
        assert not [text for text in written if secret in text], secret
    assert [text for text in written if innocent in text]
    assert code == 0
    assert places(told, "notes") == [
        (2, "import-masked-email"),
        (2, "import-masked-phone"),
        (3, "import-masked-account"),
        (3, "import-masked-email"),
        (3, "import-masked-phone"),
        (5, "import-masked-email"),
    ]
    assert not [note for note in told["notes"] if "exemple.fr" in str(note) or ACCOUNT in str(note)]


def test_the_original_gives_comments_and_their_replies(city: Path, tmp_path: Path) -> None:
    """A comment comes with each of its replies; dates are those of the city; names come only when asked for."""
    before = texts(city)
    date = "Tue Mar 08 2016 23:30:00 GMT+0000 (UTC)"
    comment = ["t1", '"Les usages"', "https://x", "c1", '"March 8, 2016"', "", date, '"Une idée."', '"Quelqu’un"']
    none = ["", '""', '""', "", '""', '""']
    rows = [
        [*comment, "r1", "", "", "2016-03-10T10:00:00.000Z", '"Une réponse."', '"Une autre"'],
        [*comment, "r2", "", "", "2016-03-11T10:00:00.000Z", '"Une seconde."', '"Une autre"'],
        ["t1", '"Les usages"', "", "c2", "", "", "2016-03-12T08:00:00.000Z", '"Sans réponse."', '"Quelqu’un"', *none],
    ]
    file = write_csv(tmp_path / "comments.csv", [ORIGINAL, *rows])
    code, told = imported(city, "democracyos", file)
    assert (code, told["taken"], told["problems"]) == (0, {"contributions": 4}, [])
    names = {text.rpartition("---\n")[2].strip(): name for name, text in texts(city).items() if name not in before}
    first = names["Une idée."].removesuffix(".md")
    assert first.startswith("20160309-")
    assert f"reply_to: {first}\n" in texts(city)[names["Une réponse."]]
    assert "Quelqu’un" not in "".join(added(city, before))
    assert imported(city, "democracyos", file)[1]["taken"] == {}
    assert run("check", str(city))[0] == 0


def test_names_are_taken_when_asked_for(city: Path, tmp_path: Path) -> None:
    row = ["t1", "Les usages", "", "c2", "", "", "2016-03-12", "Un texte.", "Quelqu’un", *[""] * 6]
    file = write_csv(tmp_path / "comments.csv", [ORIGINAL, row])
    before = texts(city)
    imported(city, "democracyos", file, "--names")
    assert "name: Quelqu’un\n" in added(city, before)[0]


def test_an_address_is_no_name(city: Path, tmp_path: Path) -> None:
    row = ["t1", "Les usages", "", "c2", "", "", "2016-03-12", "Un texte.", "moi@exemple.fr", *[""] * 6]
    before = texts(city)
    code, told = imported(city, "democracyos", write_csv(tmp_path / "comments.csv", [ORIGINAL, row]), "--names")
    assert (code, places(told, "notes")) == (0, [(2, "import-masked-email")])
    assert "name:" not in added(city, before)[0]


COLUMNS = ("--column", "text=Votre idée", "--column", "date=Horodateur", "--debate", "usages")
SHEET = ["Horodateur", "Adresse e-mail", "Votre idée", "Pourquoi", "Quartier", "Groupe", "Combien", "Avis", "Par"]


def test_a_spreadsheet_is_imported_by_its_columns(city: Path, tmp_path: Path) -> None:
    """Columns are named on the command line; what nobody named stays out, and is listed."""
    before = texts(city)
    row = [
        "12/03/2016 18:30:00", "moi@exemple.fr", "Un kiosque", "Pour la musique.", "LES QUAIS", "Chorale", "31", "Pour",
        "papier",
    ]  # fmt: skip
    file = write_csv(tmp_path / "formulaire.csv", [SHEET, row], encoding="utf-8-sig")
    more = ("text=pourquoi", "quarter=Quartier", "group=Groupe", "people=Combien", "position=Avis", "channel=Par")
    code, told = imported(
        city, "spreadsheet", file, *COLUMNS, *(part for item in more for part in ("--column", item)), "--column",
        "theme=Avis",
    )  # fmt: skip
    assert (code, told["taken"]) == (0, {"contributions": 1})
    assert places(told, "notes") == [(2, "import-unknown-word")]
    assert added(city, before) == [
        (
            "---\ndebate: usages\ndate: 2016-03-12\nvoice: collective\nchannel: paper\ngroup: Chorale\npeople: 31\n"
            "quarter: les-quais\nposition: for\n---\nUn kiosque\n\nPour la musique.\n"
        )
    ]
    _, printed = run("import", "spreadsheet", str(file), *COLUMNS, "--city", str(city), "--campaign", "les-quais")
    assert "Colonnes laissées de côté : Adresse e-mail, Pourquoi, Quartier" in printed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_whatever_the_encoding_and_the_separator(city: Path, tmp_path: Path, encoding: str, delimiter: str) -> None:
    before = texts(city)
    rows = [["Votre idée", "Horodateur", "Autre"], ["À l’été, un œuvre ; d’art", "2016-05-02", ""]]
    file = write_csv(tmp_path / "tableur.csv", rows, delimiter=delimiter, encoding=encoding)
    assert imported(city, "spreadsheet", file, *COLUMNS)[0] == 0
    assert added(city, before)[0].endswith("---\nÀ l’été, un œuvre ; d’art\n")


def test_a_spreadsheet_of_libreoffice_is_read_as_it_is(city: Path, tmp_path: Path) -> None:
    """And it is the same import as that of the CSV it makes."""
    rows = [["Votre idée", "Horodateur", "Quartier"], ["Un kiosque.\nDe la musique.", "2016-05-02", "Centre"]]
    file = tmp_path / "tableur.ods"
    file.write_bytes(write_ods("Réponses", rows, {}, ["5cm"] * 3))
    before = texts(city)
    quarter = ("--column", "quarter=Quartier")
    code, told = imported(city, "spreadsheet", file, *COLUMNS, *quarter)
    assert (code, told["taken"]) == (0, {"contributions": 1})
    assert added(city, before)[0].endswith("quarter: centre\n---\nUn kiosque.\nDe la musique.\n")
    csv = write_csv(tmp_path / "tableur.csv", rows, delimiter=";", encoding="cp1252")
    assert imported(city, "spreadsheet", csv, *COLUMNS, *quarter)[1]["same"] == {"contributions": 1}
    file.write_bytes(b"PK\x03\x04")
    assert places(imported(city, "spreadsheet", file, *COLUMNS)[1]) == [(1, "table-not-ods")]


def test_an_id_makes_a_row_the_same_whatever_its_text(city: Path, tmp_path: Path) -> None:
    """An id that is an address is hashed; it stands in no name and no text."""
    rows = [["Votre idée", "Horodateur", "Qui"], ["Une.", "2016-05-02", "moi@exemple.fr"], ["Deux.", "2016-05-02", "7"]]
    file = write_csv(tmp_path / "tableur.csv", rows)
    more = ("--column", "id=Qui")
    before = texts(city)
    assert imported(city, "spreadsheet", file, *COLUMNS, *more)[1]["taken"] == {"contributions": 2}
    assert "moi" not in "".join((*texts(city), *added(city, before)))
    rows[1][0] = "Une, corrigée."
    rows.append(["Trois.", "2016-05-02", "7"])
    rows.append(["Quatre.", "2016-05-02", ""])
    code, told = imported(city, "spreadsheet", write_csv(file, rows), *COLUMNS, *more)
    assert code == 1
    assert places(told) == [(2, "import-changed"), (4, "import-repeated-id"), (5, "import-no-id")]


def test_dates_are_read_as_people_write_them(city: Path, tmp_path: Path) -> None:
    good = [
        "2016-05-02", "2/5/2016", "02.05.2016 08:15", "02/05/2016 à 8h15", "2016-05-01T23:30:00Z",
        "2016/05/01 11:30:00 PM UTC+1", "2016-05-02 12:15:00 AM", "2016-05-01T20:00:00.123-04:00",
        "Sun May 01 2016 23:30:00 GMT+0100 (CET)",
    ]  # fmt: skip
    dates = [*good, "2 mai", "05/13/2016", "", "2016-05-02 25:00", "2016-05-02 10:00 UTC+99"]
    rows = [["Votre idée", "Horodateur"], *([f"Texte {rank}", date] for rank, date in enumerate(dates))]
    before = texts(city)
    code, told = imported(city, "spreadsheet", write_csv(tmp_path / "t.csv", rows), *COLUMNS)
    assert code == 1
    assert told["taken"] == {"contributions": len(good)}
    wrong = ["import-bad-date", "import-bad-date", "import-no-date", "import-bad-date", "import-bad-date"]
    assert places(told) == list(enumerate(wrong, len(good) + 2))
    assert all("date: 2016-05-02\n" in text for text in added(city, before))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--debate", "usages", *DAY), "import-needs-text"),
        (("--column", "text=Texte", *DAY), "import-needs-debate"),
        (("--column", "text=Texte", "--debate", "usages"), "import-needs-date"),
        (("--column", "text=Textes", "--debate", "usages", *DAY), "import-no-column"),
        (("--column", "text=Texte", "--debate", "usage", *DAY), "import-no-debate"),
    ],
)
def test_what_is_missing_from_the_command_is_told(
    city: Path, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    file = write_csv(tmp_path / "t.csv", [["Texte", "Nom"], ["Bonjour", ""]])
    exit_code, told = imported(city, "spreadsheet", file, *arguments)
    assert (exit_code, places(told)) == (1, [(1, code)])


def test_an_old_export_of_the_original_has_no_date_and_no_id_of_replies(city: Path, tmp_path: Path) -> None:
    """Its header ends with a carriage return alone; e-mail addresses of authors are in it, and stay out."""
    columns = ["Topic ID", "Topic Title", "Comment ID", "Comment Text", "Comment Author Email", "Reply Text"]
    file = tmp_path / "comments.csv"
    row = "t1,Les usages,c1,Écrire à qui@exemple.fr,qui@exemple.fr,Réponse"
    file.write_text(",".join(columns) + "\r" + f"{row} une\n{row} deux\n", "utf-8", newline="")
    assert places(imported(city, "democracyos", file)[1]) == [(1, "import-needs-date")]
    before = texts(city)
    code, told = imported(city, "democracyos", file, *DAY)
    assert (code, told["taken"]) == (0, {"contributions": 3})
    assert sum("reply_to:" in text for text in added(city, before)) == 2
    assert "exemple" not in "".join(added(city, before))
    assert imported(city, "democracyos", file, *DAY)[1]["taken"] == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04classeur", "import-not-csv"), (b"", "import-no-header"), (b"a,b\n1,2\n", "import-unknown-columns")],
)
def test_a_file_that_is_no_export_is_told(city: Path, tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    assert places(imported(city, "democracyos", file, *DAY)[1]) == [(1, code)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--campaign", "les-quai"),
        ("--campaign", "les-quais", "--column", "texte=Texte"),
        ("--campaign", "les-quais", "--column", "text"),
        ("--campaign", "les-quais", "--debate", "usages", "--debate", "autres"),
        ("--campaign", "les-quais", "--separator", "ab"),
        ("--campaign", "../../etc"),
    ],
)
def test_a_command_that_cannot_be_is_a_mistake_of_usage(city: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = write_csv(tmp_path / "t.csv", [["Texte"], ["Bonjour"]])
    assert run("import", "spreadsheet", str(file), "--city", str(city), *arguments)[0] == 2


def test_a_city_that_is_wrong_is_told_first(city: Path, tmp_path: Path) -> None:
    (city / "agora.toml").write_text("[city\n", "utf-8")
    code, told = imported(city, "democracyos", nanterre(tmp_path / "c.csv", ALONE), *DAY)
    assert (code, [item["path"] for item in told["problems"]]) == (1, ["agora.toml"])


def test_the_report_reads_well(city: Path, tmp_path: Path) -> None:
    file = nanterre(tmp_path / "c.csv", ALONE, [*GROUP[:3], "", *GROUP[4:]], [*ALONE[:-1], "Appelez le 0147295050"])
    code, printed = run("import", "democracyos", str(file), *DAY, "--city", str(city), "--campaign", "les-quais")
    assert code == 1
    assert f"{file}:5: remarque\u00a0: «\u00a0text\u00a0» contenait un numéro de téléphone" in printed
    assert f"{file}:4:1: erreur\u00a0: «\u00a0Atelier du marché\u00a0» est une contribution collective" in printed
    assert printed.endswith(
        "Importation faite.\n  2 contributions écrites, 0 déjà là\n  1 remarque à lire ci-dessus\n"
        "  1 ligne non prise : dites ci-dessus ;\n"
        "    corrigez le fichier et recommencez, ce qui est déjà écrit ne le sera pas deux fois.\n"
    )


def test_the_page_for_staff_speaks_of_what_there_is() -> None:
    """Each system has its command in it, and each option in it exists."""
    page = (PACKAGE.parent / "docs" / "imports.md").read_text("utf-8")
    commands = [import_group.commands[name] for name in ("democracyos", "spreadsheet", "polis", "pabulib", "decidim")]
    assert all(f"agora import {command.name} " in page for command in commands)
    known = {option for command in commands for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]", page)) <= known


def test_a_preview_shows_what_files_would_be(city: Path, tmp_path: Path) -> None:
    """The first three, on the screen, with nothing that a screen would obey."""
    rows = [[*GROUP[:2], f"Groupe {rank}", "5", *GROUP[4:-1], f"Un texte \x9b31m{rank}."] for rank in range(5)]
    file = write_csv(tmp_path / "c.csv", [NANTERRE, *rows], delimiter=";")
    _, printed = run(
        "import", "democracyos", str(file), *DAY, "--city", str(city), "--campaign", "les-quais", "--dry-run"
    )
    assert printed.count("Par exemple, content/campaigns/les-quais/contributions/20160601-") == 3
    assert "  | group: Groupe 0\n  | people: 5\n  | quarter: centre\n  | ---\n  | Un texte 31m0.\n" in printed
    assert "Aperçu : rien n’est écrit.\n  5 contributions à écrire, 0 déjà là\n" in printed


def test_every_code_of_imports_has_words() -> None:
    """And every word is of a code: in the catalogue and in the source, the same."""
    source = "".join(path.read_text("utf-8") for path in (PACKAGE / "imports").glob("*.py"))
    used = set(re.findall(r'"(import-[a-z-]+[a-z])"', source))
    used |= {f"import-masked-{kind}" for kind in ("email", "phone", "account")}
    used |= {f"import-needs-{key}" for key in ("text", "debate", "date")}
    assert used == set(re.findall(r"^\[(import-[a-z-]+)\]", (MESSAGES / "fr.toml").read_text("utf-8"), re.MULTILINE))
