"""What is refused before being read, what is only labelled, and how many may be sent."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intakes import DEBATE, KEY, Intake

from agora_build.intake import spam
from agora_build.intake.limits import MAX_BODY, Buckets, RefusedError, address_of, read_pairs
from agora_build.intake.tokens import LIFE, Signer, signer_of

FORM = "application/x-www-form-urlencoded"
SITE = "https://agora.villeneuve.example"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    made = Intake(tmp_path, settings="proxies = 1")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=b", "multipart/form-data; boundary=x", 415),
        (b"a=b", "application/json", 415),
        (b"a=b", "", 415),
        (b"a=b", f"{FORM}; charset=iso-8859-1", 415),
        (b"a", FORM, 400),
        (b"a=b&&c=d", FORM, 400),
        (b"a=%ff", FORM, 400),
        (b"a=\xff", FORM, 400),
        (b"&".join(b"a=b" for _ in range(31)), FORM, 400),
    ],
)
def test_what_is_not_a_form_is_refused(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(RefusedError) as refusal:
        read_pairs(body, kind)
    assert refusal.value.status == status


def test_a_form_is_read_strictly_and_whole() -> None:
    assert read_pairs(b"a=%C3%A9&a=&b=c+d", f"{FORM}; charset=UTF-8") == [("a", "é"), ("a", ""), ("b", "c d")]
    assert read_pairs(b"", FORM) == []
    assert len(read_pairs(b"&".join(b"a=b" for _ in range(30)), FORM)) == 30


async def _streamed(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 1000):
        yield b"a" * min(1000, size - start)


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY + 1, 413), (MAX_BODY, 400)])
def test_a_body_is_bounded_said_or_streamed(intake: Intake, size: int, status: int) -> None:
    told = {"Content-Type": FORM}
    for content in (b"a" * size, _streamed(size)):
        assert intake.client.post(f"/envoi/{DEBATE}", content=content, headers=told).status_code == status
    cut = intake.client.post(f"/envoi/{DEBATE}", content=_streamed(10), headers={**told, "Content-Length": "11"})
    assert cut.status_code == 400


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "wanted"),
    [
        ("192.0.2.77", "", 0, "192.0.2.0/24"),
        ("192.0.2.77", "203.0.113.9", 0, "192.0.2.0/24"),
        ("127.0.0.1", "203.0.113.9", 1, "203.0.113.0/24"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.0/24"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.1", 2, "203.0.113.0/24"),
        ("127.0.0.1", "203.0.113.9", 2, "127.0.0.0/24"),
        ("2001:db8:1:2::7", "", 0, "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "", 0, "192.0.2.0/24"),
        ("fe80::1%eth0", "", 0, "fe80::/48"),
        ("127.0.0.1", "<script>", 1, "unknown"),
        ("", "", 0, "unknown"),
    ],
)
def test_an_address_is_cut_and_believed_from_our_proxies_alone(
    peer: str, forwarded: str, proxies: int, wanted: str
) -> None:
    assert address_of(peer, forwarded, proxies) == wanted


def test_a_workshop_on_the_town_halls_tablets_passes(intake: Intake) -> None:
    """Two hundred people, one address, one after the other as fast as can be: all are kept."""
    for number in range(200):
        assert intake.post(voice="individual", text=f"La personne {number}").status_code == 201
    assert intake.journal.counts().states["waiting"] == 200


def test_a_flood_waits_keeps_its_words_and_hinders_nobody(intake: Intake) -> None:
    for number in range(300):
        intake.post(voice="individual", text="", title=f"{number}")
    said = intake.post(voice="individual", text="Mon texte précieux", json=False)
    assert said.status_code == 429
    assert int(said.headers["Retry-After"]) >= 1
    assert "Mon texte précieux" in said.text
    body = "voice=individual&text=Un+voisin"
    elsewhere = intake.client.post(
        f"/envoi/{DEBATE}", content=body, headers={"Content-Type": FORM, "X-Forwarded-For": "203.0.113.9"}
    )
    assert elsewhere.status_code == 201


def test_a_bucket_fills_again_with_time() -> None:
    now = [0.0]
    bucket = Buckets(6, lambda: now[0])
    assert [bucket.take("a") for _ in range(60)] == [0.0] * 60
    assert bucket.take("a") == pytest.approx(10)
    assert bucket.take("b") == 0
    now[0] += 10
    assert bucket.take("a") == 0
    assert bucket.take("a") > 0


@pytest.mark.parametrize(
    ("fields", "headers", "wanted"),
    [
        ({}, {}, ("no-token",)),
        ({"website": "http://x"}, {}, ("no-token", "honeypot")),
        ({"text": "http://a.b https://c.d www.e.f"}, {}, ("no-token", "links")),
        ({}, {"Origin": "https://autre.example"}, ("no-token", "other-origin")),
        ({}, {"Sec-Fetch-Site": "cross-site"}, ("no-token", "other-origin")),
        ({}, {"Origin": "null"}, ("no-token",)),
        ({}, {"Origin": "://["}, ("no-token", "other-origin")),
    ],
)
def test_what_is_odd_is_kept_with_a_label(
    intake: Intake, fields: dict[str, str], headers: dict[str, str], wanted: tuple[str, ...]
) -> None:
    body = {"voice": "individual", "text": "Un banc", **fields}
    told = {"Accept": "application/json", "Origin": SITE, **headers}
    said = intake.client.post(f"/envoi/{DEBATE}", data=body, headers=told)
    assert said.status_code == 201
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert entry.labels == wanted


def test_the_same_words_again_are_labelled(intake: Intake) -> None:
    intake.post(voice="individual", text="Des bancs, partout !", key="a")
    said = intake.post(voice="individual", text="des BANCS partout", key="b")
    entry = intake.journal.entry(said.json()["id"])
    assert entry is not None
    assert entry.labels == ("no-token", "duplicate")


def test_a_token_says_when_the_form_was_reached(intake: Intake) -> None:
    asked = intake.client.get("/envoi/jeton")
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Access-Control-Allow-Origin"] == SITE
    fast = intake.post(voice="individual", text="Trop vite", **asked.json())
    intake.clock.now += 10
    calm = intake.post(voice="individual", text="Calmement", **asked.json())
    labels = [intake.journal.entry(said.json()["id"]).labels for said in (fast, calm)]  # type: ignore[union-attr]
    assert labels == [("fast",), ()]


@pytest.mark.parametrize("spoil", [None, "{}x", "0{}"])
def test_a_token_that_is_old_or_forged_gives_the_form_back(intake: Intake, spoil: str | None) -> None:
    token = intake.client.get("/envoi/jeton").json()["token"]
    intake.clock.now += 10 if spoil else LIFE + 1
    said = intake.post(json=False, voice="individual", text="Écrit hier", token=(spoil or "{}").format(token), key="a")
    page = said.text
    assert said.status_code == 422
    assert "Écrit hier" in page
    fresh = page.partition('name="token" value="')[2].partition('"')[0]
    assert 'name="key" value="a"' in page, "the key stays: sent again, it is the same sending"
    intake.clock.now += 5
    assert intake.post(voice="individual", text="Écrit hier", token=fresh, key="a").status_code == 201


@given(st.text(), st.floats(0, 2e9))
def test_nobody_makes_a_token_without_the_key(token: str, now: float) -> None:
    assert Signer(KEY).age(token, now) is None
    assert Signer(KEY).is_voter(token) == ""
    assert Signer(KEY).age(Signer(b"another key" * 4).token(now), now) is None
    assert Signer(KEY).age(Signer(KEY).token(now), now + 5) is not None


def test_a_new_key_still_opens_the_receipts_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGORA_INTAKE_KEY", raising=False)
    before = signer_of(tmp_path)
    code, token = before.receipt("20160420-aaaaaaaa"), before.token(100)
    path = tmp_path / ".agora/intake/key"
    old = path.read_text("utf-8")
    path.write_text(f"{'n' * 64}\n{old}\n", "utf-8")
    after = signer_of(tmp_path)
    assert after.receipt("20160420-aaaaaaaa") != code
    assert after.opens("20160420-aaaaaaaa", code)
    assert not after.opens("20160420-aaaaaaab", code)
    assert after.age(token, 160) == 60
    path.write_text(f"{'n' * 64}\n", "utf-8")
    assert not signer_of(tmp_path).opens("20160420-aaaaaaaa", code)


def test_words_alone_tell_whether_a_text_came_before() -> None:
    seen = spam.Seen()
    assert [seen.again(text) for text in ("Un banc !", "un  BANC", "اثنان", "deux")] == [False, True, False, False]


def test_what_an_address_takes_is_said(intake: Intake) -> None:
    assert intake.client.ask("PUT", f"/envoi/{DEBATE}").headers["allow"] == "GET, HEAD, POST"
    assert intake.client.post("/health").headers["allow"] == "GET, HEAD"


def test_a_fault_of_ours_is_a_page_and_says_nothing_of_what_was_sent(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake.endpoint, "post", lambda asked: int(asked.body))
    said = intake.post(json=False, text="Mes mots", voice="individual")
    assert (said.status_code, "ce que vous avez écrit y est encore" in said.text) == (500, True)
    assert "Mes" not in said.text + intake.log.getvalue()
    assert '"bug": "ValueError"' in intake.log.getvalue()
    assert "Ouvrez un formulaire de ce site" in intake.client.ask("PUT", f"/envoi/{DEBATE}").text


def test_words_sent_to_a_form_that_is_gone_are_told_to_be_there_still(intake: Intake) -> None:
    said = intake.post("les-quais/contribution/ailleurs", json=False, text="Mes mots", voice="individual")
    assert (said.status_code, "ce que vous avez écrit y est encore" in said.text) == (404, True)


def test_every_answer_has_its_security_headers(intake: Intake) -> None:
    for answer in (
        intake.post(),
        intake.client.get("/envoi/rien"),
        intake.client.get("/health"),
        intake.client.ask("PUT", "/x"),
    ):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_it_says_whether_it_can_store(intake: Intake) -> None:
    assert intake.client.get("/health").status_code == 200
    assert intake.client.get("/ready").json()["ready"] is True


def test_a_journal_that_cannot_be_written_keeps_the_words(intake: Intake) -> None:
    intake.writer.close()
    intake.writer._asked = _fails  # type: ignore[method-assign]
    assert intake.client.get("/ready").status_code == 503
    said = intake.post(voice="individual", text="Mon texte précieux", json=False)
    assert said.status_code == 503
    assert said.headers["Retry-After"] == "30"
    assert "Mon texte précieux" in said.text
    intake.writer.close = lambda: None  # type: ignore[method-assign]


async def _fails(_wanted: object) -> object:
    from agora_build.intake.store import JournalError

    msg = "full"
    raise JournalError(msg)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Intake]:
    made = Intake(tmp_path, settings="captcha = true")
    made.clock.now = time.time()  # the library has its own clock
    yield made
    made.close()


def solved(intake: Intake) -> str:
    challenge = altcha.Challenge.from_dict(intake.client.get("/envoi/defi").json())
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def test_a_solved_challenge_serves_for_one_sending(guarded: Intake) -> None:
    answer = solved(guarded)
    first = guarded.post(voice="individual", text="Un banc", key="a", altcha=answer)
    again = guarded.post(voice="individual", text="Un banc", key="a", altcha=answer)
    replay = guarded.post(voice="individual", text="Réclame", key="b", altcha=answer)
    assert (first.status_code, again.status_code) == (201, 200)
    assert [error["code"] for error in replay.json()["errors"]] == ["captcha"]
    assert [entry.labels for entry in guarded.journal.entries()] == [("no-token",)]


def test_without_a_challenge_what_is_sent_is_kept_and_labelled(guarded: Intake) -> None:
    said = guarded.post(voice="individual", text="Sans JavaScript")
    entry = guarded.journal.entry(said.json()["id"])
    assert entry is not None
    assert entry.labels == ("no-token", "no-captcha")


@pytest.mark.parametrize("answer", ["x", "e30=", "bnVsbA==", "W10=", "a" * 5000, "eyJjaGFsbGVuZ2UiOiB7fX0=", "é"])
def test_a_made_up_answer_gives_the_form_back(guarded: Intake, answer: str) -> None:
    said = guarded.post(voice="individual", text="Mon texte", altcha=answer, json=False)
    assert said.status_code == 422
    assert "Mon texte" in said.text


def test_no_challenge_is_given_by_a_city_that_wants_none(intake: Intake) -> None:
    assert intake.client.get("/envoi/defi").status_code == 404
