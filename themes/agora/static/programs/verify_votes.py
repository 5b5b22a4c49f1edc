"""Vérifie un vote à partir de ses fichiers publiés, sans rien d'autre que Python.

    python3 verify_votes.py DOSSIER [TETE]

DOSSIER contient les fichiers publiés à côté du résultat : vote.json, codes.csv, void.csv, spent.csv, ballots.csv,
paper.csv, roots.csv, tally.json. TETE est la tête d'un sceau que vous aviez notée (la fin d'une ligne de roots.csv).

Ce programme se lit en un quart d'heure. Il ne fait confiance à aucun autre : il recompte tout. Il s'assure que
  1. chaque fichier est écrit comme il doit l'être, au caractère près ;
  2. chaque code utilisé est dans la liste des codes, n'est pas annulé, n'a servi qu'une fois ; un bulletin par code ;
  3. chaque sceau contient la marque du précédent, et le dernier fixe les fichiers tels qu'ils sont ; les codes sont
     venus avant l'ouverture, les bulletins après ;
  4. le compte publié est celui des bulletins, et un budget participatif, celui que sa règle répartit.
Il ne peut pas savoir si quelqu'un a refait d'un coup tous les fichiers et tous les sceaux : pour cela, donnez TETE.
"""

import hashlib
import json
import os
import sys
from fractions import Fraction
from itertools import combinations, pairwise

HEADERS = {
    "codes": "code",
    "void": "code",
    "spent": "code",
    "ballots": "receipt,choices",
    "paper": "choices,count",
    "roots": "date,event,rules,codes,codes_root,void,void_root,spent,spent_root,"
    "ballots,ballots_root,paper,paper_root,head",
}
SEALED = ("codes", "void", "spent", "ballots", "paper")


class Wrong(Exception):
    """Ce qui ne va pas."""


def require(condition, message):
    if not condition:
        raise Wrong(message)


# --- 1. Les fichiers, au caractère près


def read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def as_json(value):
    """Il n'y a qu'une façon d'écrire : clés dans l'ordre, sans espace, une fin de ligne."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode() + b"\n"


def table(folder, name):
    """Les lignes d'un tableau, sans l'en-tête."""
    raw = read(folder, name + ".csv")
    if raw is None:
        require(name not in ("codes", "roots"), f"il manque {name}.csv")
        return []
    try:
        lines = raw.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Wrong(f"{name}.csv n'est pas du texte UTF-8") from None
    require(lines[0] == HEADERS[name], f"{name}.csv : première ligne inattendue")
    require(lines.pop() == "" and "\r" not in "".join(lines) and lines, f"{name}.csv : fins de ligne inattendues")
    for number, line in enumerate(lines, 1):
        require(line.count(",") == HEADERS[name].count(","), f"{name}.csv:{number} : colonnes inattendues")
    return lines[1:]


# --- 2. Les codes et les bulletins


def check_marks(name, lines):
    """Des empreintes SHA-256 bien écrites, dans l'ordre, sans répétition."""
    marks = [line.split(",")[0] for line in lines]
    for mark in marks:
        require(
            len(mark) == 64 and set(mark) <= set("0123456789abcdef"),
            f"{name}.csv : « {mark[:70]} » n'est pas une empreinte",
        )
    for before, after in pairwise(marks):
        require(before != after, f"{name}.csv : {after} y est deux fois")
        require(before < after, f"{name}.csv : {after} n'est pas à sa place")


def check_codes(tables):
    codes, void, spent = set(tables["codes"]), set(tables["void"]), set(tables["spent"])
    require(void <= codes, "void.csv contient un code qui n'est pas du vote")
    require(spent <= codes, "spent.csv contient un code qui n'est pas du vote")
    require(not spent & void, "un code annulé a servi")
    require(
        len(tables["ballots"]) == len(spent), f"{len(tables['ballots'])} bulletins pour {len(spent)} codes utilisés"
    )


def choices(text, rules):
    """Ce que choisit un bulletin : option -> 1, points, ou rang à partir de 1. Un bulletin blanc ne choisit rien."""
    kind = rules["kind"]
    options = ["yes", "no", "abstain"] if kind == "yes-no" else rules["options"]
    names, numbers = [], []
    for part in text.split(";") if text else []:
        name, colon, number = part.partition(":")
        require(name in options and name not in names, f"bulletin impossible : {text}")
        require(bool(colon) == (kind == "points"), f"bulletin impossible : {text}")
        if kind == "points":
            require(
                number.isascii() and number.isdigit() and number[0] != "0" and len(number) < 5,
                f"points illisibles : {text}",
            )
        names.append(name)
        numbers.append(int(number) if kind == "points" else 1)
    if kind != "ranking":
        require(names == sorted(names, key=options.index), f"options dans le désordre : {text}")
    most_names = 1 if kind == "yes-no" else rules["choices"]
    require(not most_names or len(names) <= most_names, f"trop d'options : {text}")
    if kind == "points":
        require(sum(numbers) <= rules["points"], f"trop de points : {text}")
        require(
            not rules["most"] or max(numbers, default=0) <= rules["most"], f"trop de points sur une option : {text}"
        )
    within = (rules.get("budget") or {}).get("within")
    require(not within or sum(dict(rules["budget"]["costs"])[name] for name in names) <= within, f"trop cher : {text}")
    if kind == "ranking":
        numbers = list(range(1, len(names) + 1))
    return dict(zip(names, numbers))


# --- 3. Les sceaux


def merkle_root(lines):
    """La racine (RFC 6962) : la marque de chaque ligne, puis celle de deux marques, jusqu'à n'en avoir qu'une."""
    level = [hashlib.sha256(b"\x00" + line.encode()).digest() for line in lines]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex()


def check_opening(seals, opens):
    """Les codes ont été scellés avant l'ouverture du vote ; aucun bulletin ne l'a été."""
    for number, line in enumerate(seals, 2):
        date, event, *rest = line.split(",")
        require(event != "opening" or date < opens, f"roots.csv:{number} : les codes sont venus après l'ouverture")
        cast = rest[5:-1:2]  # combien de lignes ont spent, ballots et paper
        require(date >= opens or set(cast) == {"0"}, f"roots.csv:{number} : des bulletins avant l'ouverture")


def check_seals(tables, rules_bytes, noted, published):
    head, before, heads = "0" * 64, None, []
    for number, line in enumerate(tables["roots"], 2):
        cells = line.split(",")
        place = f"roots.csv:{number}"
        expected = hashlib.sha256((head + "\n" + ",".join(cells[:-1])).encode()).hexdigest()
        require(cells[-1] == expected, f"{place} : ce sceau ne suit pas du précédent")
        require(cells[1] in ("opening", "day", "rules", "closing"), f"{place} : événement inconnu")
        require((cells[1] == "opening") == (before is None), f"{place} : l'ouverture est le premier sceau, et lui seul")
        if before:
            require(cells[0] >= before[0] and before[1] != "closing", f"{place} : sceau hors de sa place")
            require(cells[3:5] == before[3:5], f"{place} : la liste des codes a changé")
            for then, now in zip(before[3:-1:2], cells[3:-1:2]):
                require(int(now) >= int(then), f"{place} : une liste a raccourci")
        head, before = cells[-1], cells
        heads.append(head)
    require(before, "il n'y a aucun sceau")
    require(before[2] == hashlib.sha256(rules_bytes).hexdigest(), "vote.json n'est pas ce que le dernier sceau a fixé")
    for rank, name in enumerate(published):
        now = [str(len(tables[name])), merkle_root(tables[name])]
        require(before[3 + 2 * rank : 5 + 2 * rank] == now, f"{name}.csv n'est pas ce que le dernier sceau a fixé")
    require(not noted or noted in heads, "aucun sceau n'a la tête que vous aviez notée : tout a été refait depuis")
    return before


# --- 4. Le compte


def count(ballots, rules):
    """Compte des bulletins : une liste de (choix, nombre de bulletins semblables)."""
    kind = rules["kind"]
    options = ["yes", "no", "abstain"] if kind == "yes-no" else rules["options"]
    scores, named = dict.fromkeys(options, 0), dict.fromkeys(options, 0)
    for chosen, many in ballots:
        for option, value in chosen.items():
            named[option] += many
            scores[option] += many * (len(options) - value if kind == "ranking" else value)
    ranks = {option: 1 + sum(other > scores[option] for other in scores.values()) for option in options}
    duels, lost = [], {option: set() for option in options}
    for one, other in combinations(options, 2) if kind == "ranking" else []:
        last = len(options) + 1
        for_one = sum(many for chosen, many in ballots if chosen.get(one, last) < chosen.get(other, last))
        for_other = sum(many for chosen, many in ballots if chosen.get(other, last) < chosen.get(one, last))
        duels.append([one, other, for_one, for_other])
        if for_one >= for_other:
            lost[other].add(one)
        if for_other >= for_one:
            lost[one].add(other)
    kept = {min(options, key=lambda option: len(lost[option]))} if any(named.values()) else set()
    while True:
        more = {winner for option in kept for winner in lost[option]} - kept
        if not more:
            break
        kept |= more
    ordered = sorted(options, key=lambda option: -scores[option])
    return {
        **({"budget": share_out(ballots, rules["budget"])} if rules.get("budget") else {}),
        "ballots": sum(many for _, many in ballots),
        "blank": sum(many for chosen, many in ballots if not chosen),
        "scores": [[option, scores[option], named[option], ranks[option]] for option in ordered],
        "duels": duels,
        "unbeaten": [option for option in options if option in kept],
    }


# --- 5. Le budget participatif, en centimes


def share_out(ballots, budget):
    """Ce que financent des bulletins, étape par étape. À égalité : le moins cher, puis l'ordre de la liste."""
    costs, left = dict(budget["costs"]), budget["amount"]
    order = list(costs)
    ballots = [(chosen, many) for chosen, many in ballots if chosen]
    votes = {project: sum(many * chosen.get(project, 0) for chosen, many in ballots) for project in costs}
    voters, shares, steps, bought = sum(many for _, many in ballots), None, [], {}

    def by_votes(projects):
        return sorted(projects, key=lambda project: (-votes[project], costs[project], order.index(project)))

    if budget["rule"] == "equal-shares" and voters:
        first = share = left // voters
        bought, purses = buy(share, ballots, costs)
        while any(
            votes[project] and project not in bought and sum(costs[one] for one in bought) + costs[project] <= left
            for project in costs
        ):
            larger = share + max(1, share // 100)  # des parts plus grandes d'un centième, tant que tout tient
            again = buy(larger, ballots, costs)
            if sum(costs[project] for project in again[0]) > left:
                break
            share, (bought, purses) = larger, again
        shares = [first, share]
        for project, (worth, tied) in bought.items():
            left -= costs[project]
            exact = [fraction(worth), fraction(costs[project] / worth), None]
            steps.append([project, "shares", "funded", votes[project], costs[project], left, tied, *exact])
        for project in by_votes(one for one in costs if votes[one] and one not in bought):
            purse = sum(many * purse for purse, (chosen, many) in zip(purses, ballots) if project in chosen)
            exact = [None, None, fraction(purse)]
            steps.append([project, "shares", "short", votes[project], costs[project], left, [], *exact])
    others = by_votes(project for project in costs if project not in bought)
    for rank, project in enumerate(others, 1):
        fate = "nobody" if not votes[project] else "funded" if costs[project] <= left else "too-dear"
        left -= costs[project] if fate == "funded" else 0
        tied = [other for other in others[rank:] if fate != "nobody" and votes[other] == votes[project]]
        part = "rest" if shares else "votes"
        steps.append([project, part, fate, votes[project], costs[project], left, tied, None, None, None])
    return {
        "funded": [step[0] for step in steps if step[2] == "funded"],
        "spent": budget["amount"] - left,
        "left": left,
        "shares": shares,
        "steps": steps,
    }


def buy(share, ballots, costs):
    """Ce que paient des parts égales : projet -> (ce qu'il vaut en voix, à égalité avec qui), et ce qu'il reste."""
    purses, bought, order = [Fraction(share)] * len(ballots), {}, list(costs)
    while True:
        worth = {}
        for project in costs:
            each = zip(purses, ballots)
            who = [(purse, many, chosen[project]) for purse, (chosen, many) in each if project in chosen]
            price = project not in bought and price_of(costs[project], who)
            if price:
                worth[project] = costs[project] / price
        if not worth:
            return bought, purses
        tied = [project for project in costs if worth.get(project) == max(worth.values())]
        paid = min(tied, key=lambda project: (costs[project], order.index(project)))
        price = costs[paid] / worth[paid]
        purses = [purse - min(purse, price * chosen.get(paid, 0)) for purse, (chosen, _) in zip(purses, ballots)]
        bought[paid] = worth[paid], [project for project in tied if project != paid]


def price_of(cost, who):
    """Le prix d'une voix : tous paient autant par voix, ceux qui ont moins donnent tout ; None s'il en manque."""
    if sum(many * purse for purse, many, _ in who) < cost:
        return None
    votes = sum(many * points for _, many, points in who)
    for purse, many, points in sorted(who, key=lambda one: one[0] / one[2]):
        if Fraction(cost) / votes * points <= purse:
            return Fraction(cost) / votes
        cost, votes = cost - many * purse, votes - many * points
    return None


def fraction(value):
    value = Fraction(value)
    return f"{value.numerator}/{value.denominator}"


def verify(folder, noted=""):
    """Vérifie tout ; donne le compte, ou lève Wrong."""
    rules_bytes = read(folder, "vote.json")
    require(rules_bytes is not None, "il manque vote.json")
    try:
        rules = json.loads(rules_bytes)
    except ValueError:
        raise Wrong("vote.json ne se lit pas") from None
    require(as_json(rules) == rules_bytes and isinstance(rules, dict), "vote.json n'est pas écrit comme il doit l'être")
    tables = {name: table(folder, name) for name in HEADERS}
    for name in ("codes", "void", "spent", "ballots"):
        check_marks(name, tables[name])
    check_codes(tables)
    cast = any(read(folder, name) is not None for name in ("spent.csv", "ballots.csv", "paper.csv", "tally.json"))
    last = check_seals(tables, rules_bytes, noted, SEALED if cast else SEALED[:2])
    check_opening(tables["roots"], rules["opens"])
    online = [(choices(line.split(",")[1], rules), 1) for line in tables["ballots"]]
    paper = []
    for line in tables["paper"]:
        text, number = line.split(",")
        require(number.isascii() and number.isdigit() and number[0] != "0", f"paper.csv : nombre illisible : {line}")
        paper.append((choices(text, rules), int(number)))
    said = {
        "format": "agora-tally-1",
        "sent": len(tables["codes"]) - len(tables["void"]),
        "used": len(tables["spent"]),
        "online": count(online, rules),
        "paper": count(paper, rules) if read(folder, "paper.csv") is not None else None,
    }
    if rules.get("paper") == "added" and said["paper"] is not None:
        said["together"] = count(online + paper, rules)  # les règles ont dit que le papier compte avec les codes
    published = read(folder, "tally.json")
    if published is not None:
        require(last[1] == "closing", "le compte est publié, et le dernier sceau n'est pas celui de la clôture")
        require(published == as_json(said), "tally.json n'est pas le compte des bulletins")
    return said, last, cast


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        said, last, cast = verify(arguments[0], "".join(arguments[1:]).strip().lower())
    except (Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as wrong:
        print(f"Ce vote ne se vérifie pas : {wrong}")
        return 1
    if cast:
        ballots = said["online"]["ballots"]
        print(f"Ce vote se vérifie. {ballots} bulletins avec un code, pour {said['sent']} codes envoyés.")
        for option, score, _, rank in said["online"]["scores"]:
            print(f"  {rank}. {option} : {score}")
        if budget := said.get("together", said["online"]).get("budget"):
            print(f"Projets financés : {', '.join(budget['funded']) or 'aucun'}. Reste : {budget['left'] / 100}")
    else:
        print(f"Les codes et les sceaux se vérifient. Les bulletins ({last[9]}, scellés) ne sont pas encore publiés.")
    print(f"Tête du dernier sceau : {last[-1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
