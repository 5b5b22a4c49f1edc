"""Each answer of the intake is in the language of the page that held the form, and leads to pages of that language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest
from babel.messages.pofile import read_po
from cities import minimal_city, speak
from intakes import CODES, DEBATE, Intake, with_votes
from sites import built

from agora_build.intake.limits import Buckets
from agora_build.intake.store import JournalError
from agora_build.rendering.theme import base_theme

DIRECTIONS = {"": ("fr", "ltr"), "en/": ("en", "ltr"), "ar/": ("ar", "rtl")}
QUAIS = "content/campaigns/les-quais"
WORDS = '\n[city.en]\nsite = "The Agora of Villeneuve"\n[city.ar]\nsite = "أغورا فيلنوف"\n'
ORIGINALS = {
    f"{QUAIS}/debates/fini.md": "---\ntitle: Fini\nquestion: Quoi ?\nopens: 2016-03-07\ncloses: 2016-04-01\n"
    "method: arguments\n---\nC’est fini.\n",
    f"{QUAIS}/moderation.yml": "reasons:\n  - id: injure\n    title: Injure\n    text: Elle blesse.\n",
}
TRANSLATIONS = {
    f"{QUAIS}/campaign.en.md": "---\ntitle: The quays\nquestion: What would you do?\n---\n",
    f"{QUAIS}/debates/usages.en.md": "---\ntitle: Uses\nquestion: Which uses?\nthemes:\n  - id: nature\n"
    "    title: Nature and trees\n---\n",
    f"{QUAIS}/debates/usages.ar.md": "---\ntitle: الاستعمالات\nquestion: أي استعمالات؟\n---\n",
    f"{QUAIS}/moderation.en.yml": "reasons:\n  - id: injure\n    title: Insult\n    text: It hurts.\n",
    "content/pages/a-propos.en.md": "---\ntitle: About\n---\n",
}
ARABIC, LATIN = re.compile("[\u0621-\u064a]"), re.compile("[a-zà-ÿ]{3}")
_OWN = ("code", "bdi", "option", "textarea", "script", "style")  # what people, programs and the city say as it is


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    """A small city in three languages, some files of which are translated; its French site is in output/."""
    made = Intake(with_votes(minimal_city(tmp_path_factory.mktemp("spoken"))))
    write(made.root, ORIGINALS)
    assert built(made.root, made.root / "output").problems == []
    write(speak(made.root, WORDS), TRANSLATIONS)
    made.cities.read_again()
    yield made
    made.close()


def write(city: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (city / name).write_text(text, "utf-8")


def told(intake: Intake, folder: str, number: int) -> Iterator[tuple[str, int, Any, str]]:
    """Give one answer of each kind: what it is, the status it should have, the answer, where it was asked."""
    client, root, talk = intake.client, f"/{folder}envoi/", {"voice": "individual", "key": f"k{number}"}

    def post(address: str, **fields: str) -> tuple[Any, str]:
        return intake.post(address, json=False, folder=folder, **fields), root + address

    def get(address: str) -> tuple[Any, str]:
        return client.get(root + address), root + address

    vote = "les-quais/ballot/oui-ou-non"
    yield "form", 200, *get(DEBATE)
    yield "errors", 422, *post(DEBATE, voice="collective", people="douze")
    yield "receipt", 201, *post(DEBATE, text="Un banc", **talk)
    yield "received", 200, *post(DEBATE, text="Un banc", **talk)
    yield "question", 201, *post("les-quais/question", to="conseil-municipal", text="Quand ?", **talk)
    yield "point", 200, *post("les-quais/place/bancs", **{"location.x": "320", "location.y": "240"})
    yield "votes", 201, *post("les-quais/votes/phrases", **{"vote.20160401-00000000": "agree"}, key=f"v{number}")
    yield "no vote", 422, *post("les-quais/votes/phrases")
    yield "ballot", 201, *post(vote, answer="yes", code=CODES[number], key=f"b{number}")
    yield "spent", 409, *post(vote, answer="no", code=CODES[number])
    yield "closed", 410, *post("les-quais/contribution/fini", text="Trop tard", **talk)
    said = intake.post(DEBATE, folder=folder, text="À effacer", **talk).json()
    yield "standing", 200, *get(f"recu/{said['id']}/{said['code']}")
    yield "no erasure", 422, *post("erasure", receipt=said["id"], code="x")
    yield "erasure", 200, *post("erasure", receipt=said["id"], code=said["code"])
    yield "nothing", 404, *get("recu/x/y")
    yield "no form", 404, *post("les-quais/contribution/rien")
    yield "too long", 413, *post(DEBATE, text="a" * 70_000)
    for status, kind in ((400, "application/x-www-form-urlencoded"), (415, "text/plain")):
        at = root + DEBATE
        yield kind, status, client.post(at, content=b"a", headers={"Content-Type": kind}), at


@pytest.fixture(scope="module", params=["en/", "ar/"])
def answers(intake: Intake, request: pytest.FixtureRequest) -> tuple[str, dict[str, tuple[Any, str]]]:
    """The folder of a language, and its answers of every kind."""
    folder = request.param
    found = {}
    for name, status, answer, at in told(intake, folder, list(DIRECTIONS).index(folder)):
        assert answer.status_code == status, (name, answer.status_code)
        found[name] = answer, at
    return folder, found


def tree(answer: Any) -> Any:
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def texts(element: Any) -> Iterator[str]:
    """Give the words of an element that are said to be in the language of the page."""
    if not isinstance(element.tag, str) or element.tag in _OWN:
        return
    yield element.text or ""
    for child in element:
        if child.get("lang") is None:
            yield from texts(child)
        yield child.tail or ""


def french() -> set[str]:
    with (base_theme() / "translations/fr.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="fr") if message.id]
    said = {text for message in messages for text in ([message.string, *message.string][:1])}
    return {text for text in said if isinstance(text, str) and len(text) > 12}


def test_every_answer_is_in_the_language_of_its_form(answers: tuple[str, dict[str, tuple[Any, str]]]) -> None:
    """It says so, with the side it is read from; none of our words is left in French."""
    folder, found = answers
    ours = french()
    for name, (answer, _) in found.items():
        page = tree(answer)
        assert (page.get("lang"), page.get("dir")) == DIRECTIONS[folder], name
        words = [" ".join(text.split()) for text in texts(page.find("body")) if text.strip()]
        assert ours.isdisjoint(words), name
        if folder == "ar/":
            foreign = [text for text in words if LATIN.search(text) and not ARABIC.search(text)]
            assert [text for text in foreign if "@" not in text and "://" not in text] == [], name


def test_every_link_of_an_answer_leads_to_a_page_of_its_language(
    intake: Intake, answers: tuple[str, dict[str, tuple[Any, str]]]
) -> None:
    """Each language has the pages of the first, with the same addresses below its folder."""
    folder, found = answers
    for name, (answer, at) in found.items():
        for element in tree(answer).iter():
            link = next((element.get(key) for key in ("href", "src", "action", "data-token") if element.get(key)), "")
            if not link or link.startswith(("#", "mailto:", "https://")) or element.get("hreflang"):
                continue
            path = unquote(urlsplit(urljoin(at, link)).path)
            assert link.count("../") <= at.count("/") - 1, (name, link)
            assert path.startswith((f"/{folder}", "/assets/")), (name, link, path)
            file = intake.root / "output" / path.removeprefix(f"/{folder}").lstrip("/")
            assert path.startswith(f"/{folder}envoi/") or file.is_file(), (name, link, path)


def test_errors_come_back_refilled_and_linked_to_their_fields(intake: Intake) -> None:
    for folder, told_ in (("en/", "Write a whole number, in figures."), ("ar/", "")):
        answer = intake.post(json=False, folder=folder, voice="collective", people="douze", text="Mon texte à moi")
        page = tree(answer)
        summary = next(element for element in page.iter("div") if element.get("role") == "alert")
        links = [link.get("href", "")[1:] for link in summary.iter("a")]
        assert "c-people" in links
        assert all(any(element.get("id") == name for element in page.iter()) for name in links)
        assert told_ in answer.text
        assert page.find(".//textarea[@name='text']").text == "Mon texte à moi"


def test_messages_in_json_are_in_the_language_too(intake: Intake) -> None:
    said = {folder: intake.post(folder=folder).json()["errors"] for folder in DIRECTIONS}
    assert [[error["field"] for error in errors] for errors in said.values()] == [["text", "voice"]] * 3
    assert len({errors[0]["message"] for errors in said.values()}) == 3
    assert said["en/"][0]["message"] == "This is needed."


def test_what_the_city_translated_is_said_in_the_language_and_the_rest_is_marked(intake: Intake) -> None:
    english, arabic = (intake.post(json=False, folder=folder).text for folder in ("en/", "ar/"))
    assert "Which uses?" in english
    assert "Nature and trees" in english
    assert ">The quays</a>" in english
    assert ">About</a>" in english
    assert "أي استعمالات؟" in arabic
    assert '<span lang="fr" dir="ltr">Les quais</span>' in arabic
    assert "untranslated" not in english + arabic, "who left for the original would lose what they typed"
    votes = intake.client.get("/en/envoi/les-quais/votes/phrases").text
    assert '<bdi lang="fr">Phrase numéro 0.</bdi>' in votes


@pytest.mark.parametrize("kind", ["slow-down", "not-kept"])
def test_what_could_not_be_kept_gives_the_words_back_in_the_language(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async def fails(_wanted: object) -> object:
        raise JournalError(kind)

    if kind == "slow-down":
        monkeypatch.setattr(Buckets, "take", lambda *_: 6.0)
    else:
        monkeypatch.setattr(intake.writer, "_asked", fails)
    for folder, words in (("en/", "Nothing is lost"), ("ar/", "لم يضع شيء")):
        answer = intake.post(json=False, folder=folder, voice="individual", text="Mon texte précieux")
        assert answer.status_code == (429 if kind == "slow-down" else 503)
        assert int(answer.headers["Retry-After"]) > 0
        page = tree(answer)
        assert (page.get("lang"), page.get("dir")) == DIRECTIONS[folder]
        assert page.find(".//textarea[@name='text']").text == "Mon texte précieux"
        assert words in answer.text
        assert ("7 ثوانٍ" in answer.text) == (kind == "slow-down" and folder == "ar/"), "the plural of three to ten"


def test_one_sending_is_kept_once_from_whatever_language(intake: Intake) -> None:
    """A token, a key, a voter and a receipt are of no language, and what is stored neither."""
    token = intake.client.get("/ar/envoi/jeton").json()["token"]
    intake.clock.now += 10
    fields = {"voice": "individual", "text": "Une seule fois", "key": "one", "token": token}
    said = [intake.post(folder=folder, **fields) for folder in DIRECTIONS]
    assert [answer.status_code for answer in said] == [201, 200, 200]
    assert len({answer.json()["id"] for answer in said}) == 1
    entry = intake.journal.entry(said[0].json()["id"])
    assert entry is not None
    assert entry.labels == ()
    assert entry.content == (
        "---\ndebate: usages\ndate: 2016-04-20\nvoice: individual\nchannel: web\n---\nUne seule fois\n"
    )
    first = intake.post("les-quais/votes/phrases", folder="en/", **{"vote.20160401-00000000": "agree"}).json()
    carried = first["voter"]
    second = intake.post(first["next"], folder="ar/", voter=carried, **{"vote.20160401-00000021": "agree"}).json()
    assert second["voter"] == carried


def test_a_receipt_opens_in_its_language_and_leads_to_the_others(intake: Intake) -> None:
    said = intake.post(folder="ar/", voice="individual", text="Un reçu").json()
    path = f"envoi/recu/{said['id']}/{said['code']}"
    assert said["address"] == f"https://agora.villeneuve.example/ar/{path}"
    for folder, direction in DIRECTIONS.items():
        page = tree(intake.client.get(f"/{folder}{path}"))
        assert (page.get("lang"), page.get("dir")) == direction
        links = {link.get("hreflang"): link.get("href") for link in page.iter("a") if link.get("hreflang")}
        found = {language: urljoin(f"/{folder}{path}", link) for language, link in links.items()}
        assert found == {"fr": f"/{path}", "en": f"/en/{path}", "ar": f"/ar/{path}"}
        assert not [link for link in page.iter("link") if link.get("rel") == "alternate"], "its address is a secret"


def test_what_became_of_it_is_said_in_the_language(intake: Intake) -> None:
    said = intake.post(folder="en/", voice="individual", text="Refusée").json()
    assert intake.journal.move(said["id"], "waiting", "refused", reason="injure", message="Dites-le autrement.")
    page = intake.client.get(f"/en/envoi/recu/{said['id']}/{said['code']}").text
    assert "It was not published" in page
    assert "Insult" in page
    assert "It hurts." in page
    assert "Dites-le autrement." in page
    said = intake.post(folder="en/", voice="individual", text="Publiée").json()
    assert intake.journal.move(said["id"], "waiting", "merged")
    page = intake.client.get(f"/en/envoi/recu/{said['id']}/{said['code']}").text
    leads = f"../../../campagnes/les-quais/contributions/{said['id']}/index.html"
    assert f'<a class="button button--primary" href="{leads}">Read it on the site</a>' in page
    asked = intake.post("erasure", folder="en/", json=False, receipt=said["id"], code=said["code"])
    assert (asked.status_code, "You asked for this to be erased" in asked.text) == (202, True)


def test_the_forms_of_all_languages_ask_the_same(intake: Intake) -> None:
    """Fields, limits and values: what is sent from one may be sent to another."""
    city = intake.cities.now()
    for language in ("en", "ar"):
        for kind in ("forms", "closed"):
            own, other = getattr(city.first, kind), getattr(city.spoken(language), kind)
            assert own.keys() == other.keys()
            for address, form in own.items():
                assert form.most_pairs == other[address].most_pairs
                asked, same = (
                    [(f.name, f.kind, f.required, f.limit, [c.value for c in f.choices]) for f in item.fields]
                    for item in (form, other[address])
                )
                assert asked == same


def test_a_language_that_the_city_comes_to_speak_needs_no_restart(tmp_path: Path) -> None:
    intake = Intake(speak(minimal_city(tmp_path), languages=("fr", "en")))
    early = intake.post(json=False, folder="ar/", voice="individual", text="Un banc")
    assert (early.status_code, tree(early).get("lang")) == (201, "fr"), "whatever is wrong, it is kept"
    toml = intake.root / "agora.toml"
    toml.write_text(toml.read_text("utf-8").replace('["fr", "en"]', '["fr", "en", "ar"]'), "utf-8")
    intake.cities.read_again()
    assert tree(intake.post(json=False, folder="ar/")).get("lang") == "ar"
    assert intake.client.get("/de/envoi/jeton").status_code == 404
    intake.close()


def test_a_translation_that_cannot_be_read_takes_nothing_away(tmp_path: Path) -> None:
    city = speak(minimal_city(tmp_path))
    (city / f"{QUAIS}/debates/usages.en.md").write_text("---\ntitle: [\n---\n", "utf-8")
    intake = Intake(city)
    answer = intake.post(json=False, folder="en/")
    assert (answer.status_code, tree(answer).get("lang")) == (422, "en")
    assert '<span lang="fr" dir="ltr">Les usages</span>' in answer.text
    intake.close()


@pytest.mark.parametrize(
    ("base", "url", "wanted"),
    [
        ("https://a.example", "envoi/", {"fr": "/envoi/", "en": "/en/envoi/", "ar": "/ar/envoi/"}),
        ("https://a.example/agora", "envoi/", {"fr": "/agora/envoi/", "en": "/agora/en/envoi/"}),
        ("https://a.example", "https://b.example/", {"fr": "/", "en": "/en/"}),
        ("https://a.example", "https://b.example/x/", {"fr": "/x/", "en": "/x/en/"}),
    ],
)
def test_each_language_has_its_address(tmp_path: Path, base: str, url: str, wanted: dict[str, str]) -> None:
    """In a folder of the site, or on another host: links, the receipt's address and the description agree."""
    city = speak(minimal_city(tmp_path), languages=("fr", "en"))
    toml = city / "agora.toml"
    toml.write_text(toml.read_text("utf-8").replace("https://agora.villeneuve.example", base), "utf-8")
    intake = Intake(city, settings=f'url = "{url}"')
    assert wanted.items() <= intake.cities.now().prefixes().items()
    prefix = wanted["en"]
    sent = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    said = intake.client.post(f"{prefix}{DEBATE}", content=b"voice=individual&text=a", headers=sent).json()
    assert urlsplit(said["address"]).path == f"{prefix}recu/{said['id']}/{said['code']}"
    page = intake.client.get(f"{prefix}{DEBATE}")
    (form,) = tree(page).iter("form")
    assert urlsplit(urljoin(f"https://h.example{prefix}{DEBATE}", form.get("action"))).path == f"{prefix}{DEBATE}"
    servers = intake.client.get(f"{prefix}openapi.json").json()["servers"]
    assert [(urlsplit(item["url"]).path or "/").rstrip("/") for item in servers] == [
        wanted[language].rstrip("/") for language in ("fr", "en")
    ]
    assert [item["description"] for item in servers] == ["Français", "English"]
    intake.close()
