"""Edits a city two hundred times at random: after each, the site brought up to date is the site built from nothing."""

# ruff: noqa: D102 - each edit is named by what it does
from __future__ import annotations

import contextlib
import datetime
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cities import minimal_city
from sites import built

from agora_build.build import release
from agora_build.build.look import look

THEME = Path(__file__).parent.parent / "themes" / "agora"
QUAIS, PLACE = "content/campaigns/les-quais", "content/campaigns/la-place"
ASKED = "20160502-q2stnnab"  # a question
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
WORDS = ("banc", "ombre", "vélo", "école", "berge", "marché", "lampe", "bruit", "jardin", "gare")


class Editor:
    """Changes a city as people do, well and badly."""

    def __init__(self, city: Path, seed: int) -> None:
        self.city = city
        self.chance = random.Random(seed)  # noqa: S311 - the same edits each time
        self.day = datetime.date(2016, 6, 15)
        self.moves: tuple[Callable[[], str], ...] = (
            self.contribution, self.contribution, self.contribution, self.reworded, self.reworded, self.reworded,
            self.dropped, self.retitled, self.moved, self.theme_of, self.replied, self.place, self.meeting,
            self.decision, self.page, self.menu, self.template, self.word, self.stylesheet, self.config, self.clock,
            self.clock, self.picture, self.renamed, self.mistake, self.debate, self.touched, self.campaign,
            self.question, self.question, self.answer, self.answer, self.redated, self.withdrawn, self.unanswered,
            self.erased, self.sentence, self.voted, self.voted, self.on_paper, self.announced_results,
        )  # fmt: skip

    def step(self) -> str:
        """Make one edit, and say what it was; one that needs a file that is not there gives way to another."""
        while True:
            with contextlib.suppress(IndexError):
                return self.chance.choice(self.moves)()

    def text(self) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(3, 40))).capitalize() + ".\n"

    def write(self, name: str, text: str) -> str:
        path = self.city / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return f"write {name}"

    def replace(self, path: Path, old: str, new: str) -> str:
        text = path.read_text("utf-8")
        path.write_text(text.replace(old, new, 1), "utf-8")
        return f"{path.relative_to(self.city)}: {old!r} -> {new!r}"

    def some(self, pattern: str) -> Path:
        return self.chance.choice(sorted(self.city.glob(pattern)))

    def contribution(self) -> str:
        campaign, debate = self.chance.choice(
            [("les-quais", "usages"), ("les-quais", "berges"), ("la-place", "arbres"), ("la-place", "jeux")]
        )
        name = f"2016{self.chance.randint(4, 6):02}10-{''.join(self.chance.choices(BASE32, k=8))}"
        voice = "collective\ngroup: Un groupe\npeople: 7" if self.chance.random() < 0.3 else "individual"
        more = self.chance.choice(["", "title: Un titre\n", "position: for\n", "quarter: centre\n"])
        head = (
            f"---\ndebate: {debate}\ndate: 2016-06-1{self.chance.randint(0, 9)}\nvoice: {voice}\nchannel: web\n{more}"
        )
        return self.write(f"content/campaigns/{campaign}/contributions/{name}.md", f"{head}---\n{self.text()}")

    def sentence(self) -> str:
        name = f"20160410-{''.join(self.chance.choices(BASE32, k=8))}"
        head = "---\ndebate: phrases\ndate: 2016-04-10\nvoice: individual\nchannel: web\n---\n"
        return self.write(f"{PLACE}/contributions/{name}.md", head + self.text())

    def voted(self) -> str:
        sentences = [path.stem for path in self.city.glob(f"{PLACE}/contributions/*.md") if _is_sentence(path)]
        path, words = self.city / PLACE / "votes/phrases/votes.csv", ("agree", "disagree", "pass")
        before = path.read_text("utf-8") if path.exists() else "voter,statement,vote,date\n"
        rows = [
            f"v{voter},{self.chance.choice(sentences)},{self.chance.choice(words)},2016-05-0{day}\n"
            for voter, day in zip(range(12), self.chance.choices(range(1, 9), k=12), strict=True)
        ]
        return self.write(f"{PLACE}/votes/phrases/votes.csv", before + "".join(rows))

    def on_paper(self) -> str:
        counts = "".join(f"{word},{self.chance.randint(1, 40)}\n" for word in ("yes", "no", "abstain"))
        return self.write(f"{QUAIS}/votes/passerelle/paper.csv", f"choices,count\n{counts}")

    def announced_results(self) -> str:
        path = self.city / QUAIS / "debates/passerelle.md"
        results = self.chance.choice(["", ", results: 2016-06-18", ", results: 2016-07-01", ", turnout: 20"])
        head, _, rest = path.read_text("utf-8").partition("ballot:")
        return self.write(
            f"{QUAIS}/debates/passerelle.md", f"{head}ballot: {{kind: yes-no{results}}}\n---{rest.partition('---')[2]}"
        )

    def reworded(self) -> str:
        path = self.some("content/campaigns/*/contributions/*.md")
        head = path.read_text("utf-8").rpartition("---\n")[0]
        return self.write(str(path.relative_to(self.city)), f"{head}---\n{self.text()}")

    def dropped(self) -> str:
        path = self.some("content/campaigns/*/contributions/*.md")
        path.unlink()
        return f"delete {path.name}"

    def retitled(self) -> str:
        path = self.some("content/campaigns/*/*/*.md")
        return self.replace(path, "title: ", f"title: {self.chance.choice(WORDS)} ")

    def moved(self) -> str:
        path = self.some(f"{PLACE}/contributions/*.md")
        return self.replace(path, "debate: arbres", "debate: jeux")

    def theme_of(self) -> str:
        path = self.some(f"{QUAIS}/contributions/*.md")
        return self.replace(path, "channel: web", f"channel: web\ntheme: {self.chance.choice(['nature', 'jeu', 'x'])}")

    def replied(self) -> str:
        one, other = self.some(f"{QUAIS}/contributions/*.md"), self.some(f"{QUAIS}/contributions/*.md")
        if "reply_to" in one.read_text("utf-8"):
            return "nothing"
        return self.replace(one, "channel: web", f"channel: web\nreply_to: {other.stem}")

    def place(self) -> str:
        name = f"20160612-{''.join(self.chance.choices(BASE32, k=8))}"
        where = f"location:\n  lat: 48.9{self.chance.randint(0, 9)}\n  lon: 2.2\n"
        text = f"---\nlayer: bancs\ntitle: Ici\ndate: 2016-06-12\n{where}---\n{self.text()}"
        return self.write(f"{QUAIS}/places/{name}.md", text)

    def meeting(self) -> str:
        day = f"2016-06-{self.chance.randint(10, 28)}"
        where = "location:\n  name: École\n  lat: 48.9\n  lon: 2.2\n"
        text = (
            f"---\ntitle: Rencontre\nkind: walk\nstatus: confirmed\ndate: {day}\nhost: La Ville\n{where}---\nVenez.\n"
        )
        return self.write(f"{PLACE}/workshops/rencontre-{self.chance.randint(1, 3)}.md", text)

    def decision(self) -> str:
        cited = self.some(f"{QUAIS}/contributions/*.md").stem
        considered = f"considered:\n  - contribution: {cited}\n    outcome: taken-up\n    why: {self.text()}"
        head = "---\ntitle: Décision\ndate: 2016-06-20\nby: mairie\nsummary: Oui.\n"
        return self.write(f"{QUAIS}/decisions/choix-{self.chance.randint(1, 2)}.md", f"{head}{considered}---\nOui.\n")

    def question(self) -> str:
        campaign = self.chance.choice([QUAIS, PLACE])
        day = datetime.date(2016, 6, self.chance.randint(1, 28))
        name = f"{day:%Y%m%d}-{''.join(self.chance.choices(BASE32, k=8))}"
        more = self.chance.choice(["", "title: Une question\n", "stage: works\n"])
        voice = self.chance.choice(["individual", "collective\ngroup: Un groupe\npeople: 5"])
        head = f"---\nto: mairie\ndate: {day}\nvoice: {voice}\nchannel: paper\n{more}---\n"
        return self.write(f"{campaign}/questions/{name}.md", f"{head}{self.text()}")

    def answer(self) -> str:
        """Answer a question or a contribution; rarely too early, or to what is not there."""
        asked = self.some(f"content/campaigns/*/{self.chance.choice(['questions', 'questions', 'contributions'])}/*.md")
        name = asked.stem if self.chance.random() < 0.95 else f"{asked.stem[:-1]}{self.chance.choice(BASE32)}"
        day = datetime.date(2016, 6, 28) + datetime.timedelta(self.chance.randint(-5, 40))
        path = asked.parent.parent / "answers" / f"{name}.md"
        head = f"---\nby: mairie\ndate: {day}\n---\n"
        return self.write(str(path.relative_to(self.city)), f"{head}{self.text()}")

    def redated(self) -> str:
        path = self.some(f"content/campaigns/*/{self.chance.choice(['questions', 'contributions'])}/*.md")
        return self.replace(path, "date: 2016-06-", f"date: 2016-0{self.chance.choice('567')}-")

    def unanswered(self) -> str:
        path = self.some(f"content/campaigns/*/{self.chance.choice(['questions', 'answers'])}/*.md")
        path.unlink()
        return f"delete {path.parent.name}/{path.name}"

    def withdrawn(self) -> str:
        """Withdraw a contribution or a question and say so; by mistake, its file may stay."""
        path = self.some(f"content/campaigns/*/{self.chance.choice(['questions', 'contributions'])}/*.md")
        log = path.parent.parent / "moderation.yml"
        if self.chance.random() < 0.8:
            path.unlink()
        before = log.read_text("utf-8") if log.exists() else "withdrawn:\n"
        more = f"  - id: {path.stem}\n    date: 2016-07-01\n    reason: {self.text().strip()}\n"
        return self.write(str(log.relative_to(self.city)), before + more)

    def erased(self) -> str:
        """Erase a contribution or a question and say so; by mistake, the log may not."""
        path = self.some(f"content/campaigns/*/{self.chance.choice(['questions', 'contributions'])}/*.md")
        keys = ("debate:", "to:", "date:", "voice:", "channel:")
        head = "".join(f"{line}\n" for line in path.read_text("utf-8").splitlines() if line.startswith(keys))
        log = path.parent.parent / "moderation.yml"
        if self.chance.random() < 0.8 and not log.exists():
            kind = path.parent.name.removesuffix("s")
            log.write_text(f"erased:\n  - id: {path.stem}\n    kind: {kind}\n    date: 2016-07-01\n", "utf-8")
        return self.write(str(path.relative_to(self.city)), f"---\n{head}erased: 2016-07-01\n---\n")

    def page(self) -> str:
        return self.replace(self.some("content/pages/*.md"), "\n---\n", f"\n---\n{self.text()}\n")

    def menu(self) -> str:
        path = self.some("content/pages/*.md")
        return self.replace(path, *self.chance.choice([("menu: main", "menu: footer"), ("menu: footer", "menu: main")]))

    def template(self) -> str:
        name = self.chance.choice(["contribution.html", "base.html", "debate.html", "macros/ui.html", "home.html"])
        target = self.city / "themes/ville/templates" / name
        if target.exists():
            target.unlink()
            return f"theme: {name} is the base's again"
        return self.write(
            str(target.relative_to(self.city)), (THEME / "templates" / name).read_text("utf-8") + "<!-- -->\n"
        )

    def word(self) -> str:
        word = self.chance.choice(["Agenda", "Debates", "Voice", "The whole debate"])
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        said = f'msgid "{word}"\nmsgstr "{self.chance.choice(WORDS)}"\n'
        return self.write("themes/ville/translations/fr.po", head + said)

    def stylesheet(self) -> str:
        return self.write("themes/ville/static/css/ville.css", f"/* {self.text()} */")

    def config(self) -> str:
        return self.replace(self.city / "agora.toml", 'tagline = "', f'tagline = "{self.chance.choice(WORDS)} ')

    def clock(self) -> str:
        self.day += datetime.timedelta(days=self.chance.choice([-40, -3, -1, 1, 2, 5, 30]))
        return f"the day is {self.day}"

    def picture(self) -> str:
        title = self.text()
        head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {len(title)} 20'>"
        return self.write(f"{QUAIS}/media/plan.svg", f"{head}<title>{title}</title></svg>")

    def renamed(self) -> str:
        folder = self.city / QUAIS / "resources"
        one, other = folder / "dossier.md", folder / "dossier-complet.md"
        old, new = (one, other) if one.exists() else (other, one)
        old.rename(new)
        return f"rename {old.name} to {new.name}"

    def mistake(self) -> str:
        path = self.some("content/campaigns/*/contributions/*.md")
        return self.replace(path, "voice: ", "voix: " if "voice: " in path.read_text("utf-8") else "")

    def debate(self) -> str:
        path = self.some("content/campaigns/*/debates/*.md")
        return self.replace(path, "\n---\n", f"\n---\n{self.text()}\n## {self.chance.choice(WORDS)}\n\n")

    def touched(self) -> str:
        path = self.some("content/**/*.md")
        path.touch()
        return f"touch {path.name}"

    def campaign(self) -> str:
        folder = self.city / "content/campaigns/passagere"
        if folder.exists():
            shutil.rmtree(folder)
            return "a campaign goes"
        text = (self.city / PLACE / "campaign.md").read_text("utf-8")
        return self.write("content/campaigns/passagere/campaign.md", text)


def city_of(tmp_path: Path) -> Path:
    """Make a city of two campaigns and four debates, with a theme of its own."""
    city = minimal_city(tmp_path)
    config = city / "agora.toml"
    text = config.read_text("utf-8").replace("demonstration = true", 'demonstration = true\ntheme = "ville"')
    config.write_text(text + '\n[[offices]]\nid = "mairie"\nname = "Mairie"\n', "utf-8")
    (city / "themes/ville/static/css").mkdir(parents=True)
    (city / "themes/ville/static/css/ville.css").write_text("/* */", "utf-8")
    quais = city / QUAIS
    shutil.copytree(quais / "debates", city / PLACE / "debates")
    usages = (quais / "debates/usages.md").read_text("utf-8").replace("documents:\n  - dossier\n", "")
    for folder, name in ((QUAIS, "berges"), (PLACE, "arbres"), (PLACE, "jeux")):
        (city / folder / "debates" / f"{name}.md").write_text(usages.replace("usages", name), "utf-8")
    (city / PLACE / "debates/usages.md").unlink()
    head = "title: La place\nsummary: Une place.\nquestion: Quels arbres ?\nopens: 2016-03-07\nlevel: consult\n"
    rules = "rules:\n  announced: 2016-03-01\n  who: Tous.\n  how: Ici.\n  use: Un bilan.\n  decides: Le conseil.\n"
    rules += "  reply_within_days: 15\n"
    (city / PLACE / "campaign.md").write_text(f"---\n{head}{rules}---\nLa place.\n", "utf-8")
    head = "---\ntitle: {0}\nquestion: Que dire ?\nopens: 2016-03-08\ncloses: 2016-06-14\nmethod: {1}\n"
    (city / PLACE / "debates/phrases.md").write_text(head.format("Phrases", "statements") + "---\nDites.\n", "utf-8")
    ballot = "ballot: {kind: yes-no}\n---\nUne passerelle ?\n"
    (city / QUAIS / "debates/passerelle.md").write_text(head.format("Passerelle", "referendum") + ballot, "utf-8")
    (city / QUAIS / "juries").mkdir()
    jury = "---\ntitle: Jury\nsummary: Cinq personnes.\nmandate: Écouter.\nseats: 5\n---\n"
    (city / QUAIS / "juries/jury.md").write_text(jury, "utf-8")
    (city / "content/pages/contact.md").write_text("---\ntitle: Contact\nmenu: main\n---\nÉcrivez.\n", "utf-8")
    return city


def _is_sentence(path: Path) -> bool:
    return "debate: phrases" in path.read_text("utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    """Give every file, and every folder, of a site."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "edits"), [(2, 16), *(pytest.param(seed, 100, marks=pytest.mark.soak) for seed in (1, 2, 3))]
)
def test_after_any_edit_the_site_is_the_one_built_from_nothing(seed: int, edits: int, tmp_path: Path) -> None:
    city = city_of(tmp_path)
    output, editor = tmp_path / "output", Editor(city, seed)
    assert built(city, output, editor.day).problems == []
    refused, repairs = 0, 0
    for number in range(edits):
        keep = {path: path.read_bytes() for path in city.rglob("*") if path.is_file() and ".agora" not in path.parts}
        before, day = tree(output), editor.day
        said = f"edit {number} of seed {seed}: {editor.step()}"
        found = built(city, output, editor.day, jobs=1 + number % 2)
        whole = from_nothing(city, tmp_path / "whole", editor.day)
        assert found.problems == whole[1], said
        if found.problems:
            refused += 1
            assert tree(output) == before, said
            _put_back(city, keep)
            editor.day = day
            repairs += 1
            continue
        assert tree(output) == whole[0], said
    assert refused == repairs
    assert 0 < refused < edits // 2
    assert built(city, output, editor.day).written == 0


def from_nothing(city: Path, folder: Path, day: datetime.date) -> tuple[dict[str, bytes], list[object]]:
    """Build a copy of a city that no build has seen."""
    shutil.rmtree(folder, ignore_errors=True)
    copy = shutil.copytree(city, folder / "city", ignore=shutil.ignore_patterns(".agora"))
    report = built(Path(copy), folder / "output", day)
    return (tree(folder / "output") if (folder / "output").exists() else {}), list(report.problems)


def _put_back(city: Path, keep: dict[Path, bytes]) -> None:
    for path in [path for path in city.rglob("*") if path.is_file() and ".agora" not in path.parts]:
        if path not in keep:
            path.unlink()
    for path, content in keep.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for folder in sorted((path for path in city.rglob("*") if path.is_dir()), reverse=True):
        if ".agora" not in folder.parts and not any(folder.iterdir()):
            folder.rmdir()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_stopped_before_it_publishes_is_made_again(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What processes had already noted of the pages they made is not taken for what is published."""
    city = city_of(tmp_path)
    output, day = tmp_path / "output", datetime.date(2016, 6, 15)
    assert built(city, output, day, jobs).problems == []
    (city / "themes/ville/templates").mkdir()
    base = (THEME / "templates/base.html").read_text("utf-8")
    (city / "themes/ville/templates/base.html").write_text(base + "<!-- -->\n", "utf-8")

    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(release, "update", stop)
        patch.setattr(release, "publish", stop)
        with pytest.raises(KeyboardInterrupt):
            built(city, output, day, jobs)
    assert built(city, output, day, jobs).problems == []
    assert tree(output) == from_nothing(city, tmp_path / "whole", day)[0]


def test_what_did_not_change_is_not_rendered(tmp_path: Path) -> None:
    """The first edit after a build from nothing renders the page of the contribution and the pages that show it."""
    city = city_of(tmp_path)
    output = tmp_path / "output"
    assert built(city, output, datetime.date(2016, 6, 15), jobs=2).problems == []
    path = city / QUAIS / "contributions/20160312-k7m2q9xw.md"
    path.write_text(path.read_text("utf-8") + "\nEncore.\n", "utf-8")
    report = built(city, output, datetime.date(2016, 6, 15), jobs=2)
    assert report.problems == []
    assert report.profile is not None
    rendered = {kind: count for kind, (count, _) in report.profile.kinds.items()}
    assert rendered["contribution_pages"] <= 2, rendered  # itself, and the reply to it
    assert set(rendered) <= {
        "contribution_pages",
        "debate_pages",
        "front_pages",
        "decision_pages",
        "agenda_pages",
        "index_pages",
        "opendata_files",
        "record",
    }


def _city_with_answers(tmp_path: Path) -> tuple[Path, Path]:
    """Make a city where a question and a contribution got an answer each, and something was withdrawn; build it."""
    city = city_of(tmp_path)
    asked = "---\nto: mairie\ndate: 2016-05-02\nvoice: individual\nchannel: paper\n---\nQuand ?\n"
    given = "---\nby: mairie\ndate: 2016-05-20\n---\nEn juin.\n"
    log = "withdrawn:\n  - id: 20160401-gnebxw22\n    date: 2016-04-02\n    reason: Un nom.\n"
    for name, text in (
        (f"questions/{ASKED}", asked), (f"answers/{ASKED}", given), ("answers/20160312-k7m2q9xw", given),
    ):  # fmt: skip
        (city / QUAIS / f"{name}.md").parent.mkdir(exist_ok=True)
        (city / QUAIS / f"{name}.md").write_text(text, "utf-8")
    (city / QUAIS / "moderation.yml").write_text(log, "utf-8")
    output = tmp_path / "output"
    for _ in range(2):  # the first finds files so new that they could change again unseen, and trusts none
        assert built(city, output, datetime.date(2016, 6, 15)).problems == []
    return city, output


def _retold(city: Path, name: str, old: str, new: str) -> None:
    path = city / QUAIS / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "code"),
    [
        (f"questions/{ASKED}.md", "2016-05-02", "2016-05-21", f"answers/{ASKED}.md", "answer-before-question"),
        (
            "contributions/20160312-k7m2q9xw.md", "date: 2016-03-12", "date: 2016-05-21",
            "answers/20160312-k7m2q9xw.md", "answer-before-question",
        ),
        (
            "answers/20160312-k7m2q9xw.md", "date: 2016-05-20", "date: 2016-03-11",
            "answers/20160312-k7m2q9xw.md", "answer-before-question",
        ),
        ("moderation.yml", "20160401-gnebxw22", "20160312-k7m2q9xw",
         "contributions/20160312-k7m2q9xw.md", "withdrawn-still-there"),
        ("moderation.yml", "20160401-gnebxw22\n    date: 2016-04-02", f"{ASKED}\n    date: 2016-06-02",
         f"questions/{ASKED}.md", "withdrawn-still-there"),
    ],
)  # fmt: skip
def test_a_change_that_makes_another_file_wrong_is_noticed(
    name: str, old: str, new: str, where: str, code: str, tmp_path: Path
) -> None:
    city, output = _city_with_answers(tmp_path)
    _retold(city, name, old, new)
    found = built(city, output, datetime.date(2016, 6, 15)).problems
    assert (f"{QUAIS}/{where}", code) in [(problem.path, problem.code) for problem in found]


def test_what_was_withdrawn_cannot_come_back_unnoticed(tmp_path: Path) -> None:
    """A new contribution is read alone; that its id is in the log is seen all the same."""
    city, output = _city_with_answers(tmp_path)
    said = (city / QUAIS / "contributions/20160312-k7m2q9xw.md").read_text("utf-8")
    (city / QUAIS / "contributions/20160401-gnebxw22.md").write_text(said, "utf-8")
    found = built(city, output, datetime.date(2016, 6, 15)).problems
    assert [problem.code for problem in found] == ["withdrawn-still-there"]


def test_an_answer_makes_again_the_page_it_is_on_and_the_lists_that_count_it(tmp_path: Path) -> None:
    city, output = _city_with_answers(tmp_path)
    _retold(city, "answers/20160312-k7m2q9xw.md", "En juin.", "En juillet.")
    report = built(city, output, datetime.date(2016, 6, 15))
    assert report.profile is not None
    rendered = {kind: count for kind, (count, _) in report.profile.kinds.items()}
    assert rendered.pop("contribution_pages") == 1
    assert rendered.pop("question_feeds") == 2  # the campaign's answers, the city's
    assert set(rendered) <= {"question_pages", "opendata_files", "record"}, rendered
    assert tree(output) == from_nothing(city, tmp_path / "whole", datetime.date(2016, 6, 15))[0]


def test_what_an_earlier_agora_kept_of_the_settings_is_not_read(tmp_path: Path) -> None:
    """Its settings may have other fields: they are read again."""
    city = minimal_city(tmp_path)
    kept = look(str(city), None, {}).state()
    older = {**kept, "signed_code": [("agora_build/config.py", (0, 0))], "config": b"other fields"}
    assert look(str(city), None, older).config == look(str(city), None, kept).config


def test_a_campaign_closes_its_debates_that_have_no_end(tmp_path: Path) -> None:
    """The day after, nothing leads to a form that is not there any more, whether all is made again or not."""
    city, debates = minimal_city(tmp_path), "content/campaigns/les-quais/debates"
    usages = city / debates / "usages.md"
    usages.write_text(usages.read_text("utf-8").replace("closes: 2016-06-30\n", ""), "utf-8")
    head = (
        "---\ntitle: Un vote\nquestion: Oui ?\nopens: 2016-04-01\nmethod: referendum\nballot: {kind: yes-no}\n---\nA.\n"
    )
    (city / debates / "vote.md").write_text(head, "utf-8")
    with (city / "agora.toml").open("a") as settings:
        settings.write("\n[intake]\n")
    last, after = datetime.date(2017, 6, 30), datetime.date(2017, 7, 1)
    said = "campagnes/les-quais/contributions/20160312-k7m2q9xw/index.html"
    for name, day, times in (("same", last, 1), ("same", after, 0), ("new", after, 0)):
        assert built(city, tmp_path / name, day).problems == []
        assert (tmp_path / name / said).read_text("utf-8").count("#reply_to=") == times
        vote = (tmp_path / name / "campagnes/les-quais/debats/vote/vote/index.html").read_text("utf-8")
        assert vote.count("Voter avec votre code") == times
    assert tree(tmp_path / "same") == tree(tmp_path / "new")
