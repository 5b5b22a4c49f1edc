"""The open data of Decidim, old columns and new, become contributions, answers, meetings and decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from cities import minimal_city
from exports import added, imported, places, run, texts, write_csv

URL = "https://participez.villeneuve.example/processes/quais/f/3"
PROPOSAL = {
    "id": "12", "author/id": "901", "author/name": "Une habitante", "author/url": f"{URL}/profiles/901",
    "taxonomies/id": "7", "taxonomies/name": "Espace public, Les Quais", "participatory_space/id": "2",
    "participatory_space/url": URL, "component/id": "3", "title/fr": "Un kiosque", "title/en": "A bandstand",
    "body/fr": "Pour la musique, le dimanche.", "body/en": "", "address": "Quai du Port", "latitude": "48.89",
    "longitude": "2.2", "state": "accepted", "state_published_at": "2016-05-20 10:00:00", "reference": "V-PROP-12",
    "answer/fr": "Le kiosque sera construit. Renseignements : quais@villeneuve.example", "answered_at": "2016-05-20",
    "votes": "", "likes/total_count": "4", "likes/user_likes": "u1, u2", "comments": "2", "follows_count": "3",
    "published_at": "2016-04-02 22:30:00 UTC", "url": f"{URL}/proposals/12", "is_amend": "false",
    "withdrawn": "false", "withdrawn_at": "", "created_at": "2016-04-01 09:00:00 UTC", "created_in_meeting": "false",
    "coauthorships_count": "1", "cost": "12000",
}  # fmt: skip
OLD = {
    "id": "12", "category/id": "1", "category/name/fr": "Loisirs", "scope/id": "4", "scope/name/fr": "les quais",
    "participatory_space/id": "2", "participatory_space/url": URL, "component/id": "3", "title/fr": "Un kiosque",
    "body/fr": "<p>Pour la <strong>musique</strong>&nbsp;:</p><ul><li>le dimanche</li><li>l’été</li></ul>"
    "<script>alert(1)</script>",
    "state": "", "reference": "V-PROP-12", "answer/fr": "", "supports": "31", "endorsements/total_count": "4",
    "endorsements/user_endorsements": "u1", "comments": "2", "followers": "3", "published_at": "2016-04-02 22:30:00",
    "url": f"{URL}/proposals/12",
}  # fmt: skip
COMMENT = {
    "id": "70", "created_at": "2016-04-05 08:00:00 UTC", "body": "Oui, et des bancs autour.", "locale": "fr",
    "author/id": "902", "author/name": "Un voisin", "alignment": "1", "depth": "0", "commentable_id": "12",
    "commentable_type": "Decidim::Proposals::Proposal", "root_commentable_url": f"{URL}/proposals/12",
}  # fmt: skip
MEETING = {
    "id": "5", "category/id": "", "scope/id": "", "scope/name/fr": "Centre", "participatory_space/id": "2",
    "component/id": "4", "title/fr": "Balade sur les quais", "description/fr": "<p>Rendez-vous au port.</p>",
    "start_time": "2016-05-10 16:30:00", "end_time": "2016-05-10 18:00:00", "attendees": "31", "contributions": "4",
    "organizations": "Une association", "address": "1, quai du Port", "location/fr": "Le port", "reference": "V-MEET-5",
    "comments": "0", "attachments": "0", "followers": "1", "url": f"{URL}/meetings/5", "related_proposals": "",
    "related_results": "", "published": "true",
}  # fmt: skip
RESULT = {
    "id": "8", "category/id": "", "scope/id": "", "parent/id": "", "title/fr": "Un kiosque sur le port",
    "description/fr": "<p>Le conseil a voté le kiosque.</p><p>Il ouvrira au printemps.</p>",
    "start_date": "2016-06-20", "end_date": "2017-03-01", "status/id": "1", "status/key": "ongoing",
    "status/name/fr": "En cours", "progress": "40.0", "created_at": "2016-06-01 08:00:00 UTC",
    "url": f"{URL}/results/8", "component/id": "6", "proposal_urls": f"{URL}/proposals/12",
}  # fmt: skip
BY = ("--answers-by", "conseil-municipal", "--decided-by", "conseil-municipal")
DEBATE = ("--debate", "usages")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return minimal_city(tmp_path)


def write(path: Path, *rows: dict[str, str]) -> Path:
    """Write a file of open data: semicolons, the columns of the first row."""
    columns = list(rows[0])
    return write_csv(path, [columns, *([row.get(column, "") for column in columns] for row in rows)], delimiter=";")


def test_a_proposal_comes_with_its_answer(city: Path, tmp_path: Path) -> None:
    """In the language of the city, on the day of the city, in its quarter; who wrote it and who likes it stay out."""
    before, answers = texts(city), texts(city, "answers")
    file = write(tmp_path / "proposals.csv", PROPOSAL)
    code, told = imported(city, "decidim", file, *DEBATE, *BY)
    assert (code, told["problems"]) == (0, [])
    assert told["taken"] == {"answers": 1, "contributions": 1}
    assert places(told, "notes") == [(2, "import-masked-email")]
    assert added(city, before) == [
        (
            "---\ndebate: usages\ndate: 2016-04-03\nvoice: individual\nchannel: web\ntitle: Un kiosque\n"
            "quarter: les-quais\nlocation:\n  address: Quai du Port\n  lat: 48.89\n  lon: 2.2\n---\n"
            "Pour la musique, le dimanche.\n"
        )
    ]
    (name,) = set(texts(city)) - set(before)
    assert name.startswith("20160403-")
    assert texts(city, "answers")[name] == (
        "---\nby: conseil-municipal\ndate: 2016-05-20\n---\n"
        "Le kiosque sera construit. Renseignements : (adresse électronique retirée)\n"
    )
    assert len(texts(city, "answers")) == len(answers) + 1
    assert run("check", str(city))[0] == 0
    assert imported(city, "decidim", file, *DEBATE, *BY)[1]["same"] == {"answers": 1, "contributions": 1}


def test_the_columns_of_before_and_their_html(city: Path, tmp_path: Path) -> None:
    before = texts(city)
    code, told = imported(city, "decidim", write(tmp_path / "proposals.csv", OLD), *DEBATE)
    assert (code, told["taken"]) == (0, {"contributions": 1})
    (text,) = added(city, before)
    assert "quarter: les-quais\n" in text
    assert text.endswith("---\nPour la musique :\n\n- le dimanche\n- l’été\n")
    assert run("check", str(city))[0] == 0


def test_the_languages_that_a_cell_holds_are_told_apart(city: Path, tmp_path: Path) -> None:
    """An older export writes them as Ruby does; a platform in another language still has words."""
    row = {**OLD, "title/fr": "", "title/de": "Ein Pavillon"}
    row["body"] = '{"en"=>"Music, on Sundays.", "fr"=>"De la musique, le dimanche."}'
    del row["body/fr"]
    before = texts(city)
    imported(city, "decidim", write(tmp_path / "proposals.csv", row), *DEBATE)
    (text,) = added(city, before)
    assert "title: Ein Pavillon\n" in text
    assert text.endswith("\nDe la musique, le dimanche.\n")


def test_comments_answer_what_they_answered(city: Path, tmp_path: Path) -> None:
    """Whatever the order of the files, and in another import than the proposals."""
    reply = {
        **COMMENT, "id": "71", "body": "Et de l’ombre.", "alignment": "0", "depth": "1", "commentable_id": "70",
        "commentable_type": "Decidim::Comments::Comment",
    }  # fmt: skip
    elsewhere = {**COMMENT, "id": "72", "commentable_type": "Decidim::Meetings::Meeting"}
    below = {**reply, "id": "73", "commentable_id": "72", "root_commentable_url": f"{URL}/meetings/5"}
    lost = {**COMMENT, "id": "74", "commentable_id": "99"}
    comments = write(tmp_path / "comments.csv", COMMENT, reply, elsewhere, below, lost)
    proposals = write(tmp_path / "proposals.csv", PROPOSAL)
    before = texts(city)
    code, told = imported(city, "decidim", comments, proposals, *DEBATE)
    assert (code, places(told)) == (1, [(6, "import-no-parent")])
    assert told["taken"] == {"contributions": 3}
    assert told["left"] == {"decidim-answers": 1, "decidim-comments": 2}
    names = {text.rpartition("---\n")[2].strip(): name.removesuffix(".md") for name, text in texts(city).items()}
    written = "\n".join(added(city, before))
    assert f"position: for\nreply_to: {names['Pour la musique, le dimanche.']}\n" in written
    assert f"reply_to: {names['Oui, et des bancs autour.']}\n" in written
    assert written.count("position: ") == 1
    assert "voisin" not in written
    assert run("check", str(city))[0] == 0
    later = write(tmp_path / "comments.csv", {**COMMENT, "id": "75", "body": "Plus tard."})
    assert imported(city, "decidim", later)[1]["taken"] == {"contributions": 1}


def test_members_that_a_comment_names_stay_out(city: Path, tmp_path: Path) -> None:
    """Decidim writes their account's id in the text."""
    body = "D’accord avec gid://decidim-app/Decidim::User/4321 et gid://x/Decidim::UserGroup/7."
    files = (write(tmp_path / "p.csv", OLD), write(tmp_path / "c.csv", {**COMMENT, "body": body}))
    before = texts(city)
    _, told = imported(city, "decidim", *files, *DEBATE)
    assert [code for _, code in places(told, "notes")] == ["import-masked-account"]
    assert "4321" not in "".join(added(city, before))


def test_a_preview_knows_what_would_be_answered(city: Path, tmp_path: Path) -> None:
    files = (write(tmp_path / "p.csv", PROPOSAL), write(tmp_path / "c.csv", COMMENT))
    before = texts(city)
    code, told = imported(city, "decidim", *files, *DEBATE, *BY, "--dry-run")
    assert (code, told["taken"]) == (0, {"answers": 1, "contributions": 2})
    assert texts(city) == before


def test_a_meeting_joins_the_agenda_and_a_result_the_decisions(city: Path, tmp_path: Path) -> None:
    workshops, decisions = texts(city, "workshops"), texts(city, "decisions")
    files = (write(tmp_path / "meetings.csv", MEETING), write(tmp_path / "results.csv", RESULT))
    code, told = imported(city, "decidim", *files, *BY, "--host", "Mission des quais")
    assert (code, told["problems"], told["taken"]) == (0, [], {"workshops": 1, "decisions": 1})
    assert [code for _, code in places(told, "notes")] == ["import-no-minutes", "import-progress"]
    assert added(city, workshops, "workshops") == [
        (
            "---\ntitle: Balade sur les quais\nkind: workshop\nstatus: confirmed\ndate: 2016-05-10\nstarts: 18:30\n"
            "ends: 20:00\nlocation:\n  name: Le port\n  address: 1, quai du Port\nhost: Mission des quais\n"
            "quarter: centre\n---\nRendez-vous au port.\n"
        )
    ]
    assert added(city, decisions, "decisions") == [
        (
            "---\ntitle: Un kiosque sur le port\ndate: 2016-06-20\nby: conseil-municipal\n"
            "summary: Le conseil a voté le kiosque.\n---\nLe conseil a voté le kiosque.\n\nIl ouvrira au printemps.\n"
        )
    ]
    assert run("check", str(city))[0] == 0
    again = imported(city, "decidim", *files, *BY, "--host", "Mission des quais")[1]
    assert (again["taken"], again["same"]) == ({}, {"workshops": 1, "decisions": 1})
    (name,) = (name for name in texts(city, "workshops") if name not in workshops)
    assert name.startswith("balade-sur-les-quais-")


def test_a_meeting_with_its_minutes_was_held(city: Path, tmp_path: Path) -> None:
    before = texts(city, "workshops")
    meeting = {**MEETING, "closing_report/fr": "On a parlé d’ombre. Écrire à moi@exemple.fr."}
    imported(city, "decidim", write(tmp_path / "meetings.csv", meeting))
    (text,) = added(city, before, "workshops")
    assert "status: held\n" in text
    assert "attendance: 31\n" in text
    assert "exemple.fr" not in text
    assert run("check", str(city))[0] == 0


def test_what_is_left_out_is_counted(city: Path, tmp_path: Path) -> None:
    """What authors took back, answers of nobody, a point in another city, a row without an id or a date."""
    rows = (
        {**PROPOSAL, "withdrawn": "true"},
        {**PROPOSAL, "id": "13", "latitude": "41.38", "address": "", "answer/fr": ""},
        {**PROPOSAL, "id": ""},
        {**PROPOSAL, "id": "14", "published_at": "", "created_at": ""},
    )
    code, told = imported(city, "decidim", write(tmp_path / "p.csv", *rows), *DEBATE)
    assert (code, told["taken"], told["left"]) == (1, {"contributions": 1}, {"decidim-withdrawn": 1})
    assert places(told) == [(4, "import-no-id"), (5, "import-no-date")]
    assert places(told, "notes") == [(3, "import-outside-city")]


def test_two_platforms_have_their_own_ids(city: Path, tmp_path: Path) -> None:
    other = {**OLD, "body/fr": "Autre chose.", "url": "https://ailleurs.example/proposals/12"}
    code, told = imported(city, "decidim", write(tmp_path / "p.csv", OLD, other), *DEBATE)
    assert (code, told["taken"]) == (0, {"contributions": 2})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), "import-needs-one-debate"), ((*DEBATE, "--answers-by", "conseil-municipale"), "import-no-office")],
)
def test_what_is_missing_is_told(city: Path, tmp_path: Path, arguments: tuple[str, ...], code: str) -> None:
    assert places(imported(city, "decidim", write(tmp_path / "p.csv", PROPOSAL), *arguments)[1]) == [(1, code)]
