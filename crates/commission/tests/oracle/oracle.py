"""A second opinion on commissions, written from the rules C-1 to C-25 with Python's fractions.

Reads one case per line, {"file": "commissions", "input": {...}}, and writes the answer in the form of the vector file, one per line.
With a folder as argument it checks itself against commissions.json in it instead.
"""

import json
import pathlib
import re
import sys
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parents[4]
LARGEST = 2**63 - 1
WRITTEN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)


def minor_unit_digits():
    with open(ROOT / "spec" / "currencies.csv", encoding="utf-8") as table:
        next(table)
        return {code: int(digits) for code, digits in (line.split(",")[:2] for line in table if line.strip())}


DIGITS = minor_unit_digits()


class Refused(Exception):
    """The rules refuse the input with this code."""


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def decimal(text, most_digits, too_precise):
    form = WRITTEN.fullmatch(text)
    if form is None:
        raise Refused("decimal_invalid")
    if len(form.group(1) or "") > most_digits:
        raise Refused(too_precise)
    return Fraction(text)


def percentage(text):
    value = decimal(text, 4, "percent_precision")
    if value < 0 or value > 100:
        raise Refused("percent_out_of_range")
    return value


def bound(text):
    """The bound of a tier: an amount whose currency stands elsewhere, of at most four digits (C-1)."""
    value = decimal(text, 4, "amount_precision")
    if abs(value) * 10**4 > LARGEST:
        raise Refused("amount_out_of_range")
    return value


def exchange_rate(text):
    value = decimal(text, 10, "exchange_rate_precision")
    if value <= 0 or value >= 10**9:
        raise Refused("exchange_rate_out_of_range")
    return value


class Cents:
    """Everything about the minor units of one currency; amounts are whole numbers of them."""

    def __init__(self, currency):
        if currency not in DIGITS:
            raise Refused("currency_unknown")
        self.digits = DIGITS[currency]
        self.unit = 10**self.digits

    def read(self, text):
        value = decimal(text, self.digits, "amount_precision") * self.unit
        return self.storable(int(value))

    def storable(self, minor):
        if abs(minor) > LARGEST:
            raise Refused("amount_out_of_range")
        return minor

    def rounded(self, value):
        """P-60: half away from zero."""
        twice = 2 * abs(value) * self.unit
        whole = (twice.numerator + twice.denominator) // (2 * twice.denominator)
        return self.storable(whole if value >= 0 else -whole)

    def exact(self, minor):
        return Fraction(minor, self.unit)

    def text(self, minor):
        whole, part = divmod(abs(minor), self.unit)
        fraction = f".{part:0{self.digits}d}" if self.digits else ""
        return f"{'-' if minor < 0 else ''}{whole}{fraction}"


def shown(value):
    """The display form of G-5."""
    twice = 2 * abs(value) * 10**10
    whole, part = divmod((twice.numerator + twice.denominator) // (2 * twice.denominator), 10**10)
    return f"{'-' if value < 0 and (whole or part) else ''}{whole}.{part:010d}"


def shortest(value):
    """A finite decimal without trailing zeros."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(abs(value) * 10**digits, 10**digits)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{int(part):0{digits}d}" if digits else "")


# ── schedules (C-1 to C-4) ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Tier:
    def __init__(self, written):
        self.start = bound(written["from_amount"])
        self.end = None if written["to_amount"] is None else bound(written["to_amount"])
        self.percentage = percentage(written["percentage"])

    def holds(self, point):
        return self.start <= point and (self.end is None or point < self.end)

    def part_of(self, size):
        """How much of [0, size) lies inside the tier."""
        end = size if self.end is None or self.end > size else self.end
        return max(end - self.start, Fraction(0))

    def written(self):
        return {
            "from_amount": shortest(self.start),
            "to_amount": None if self.end is None else shortest(self.end),
            "percentage": shortest(self.percentage),
        }


class Schedule:
    def __init__(self, written):
        self.whole = {"volume": True, "graduated": False}[written["tier_mode"]]
        self.of_year = {"year": True, "month": False}[written["tier_period"]]
        tiers = [Tier(tier) for tier in written["tiers"]]
        if any(tier.start < 0 or (tier.end is not None and tier.end <= tier.start) for tier in tiers):
            raise Refused("tier_range_invalid")
        for tier in tiers:
            for other in tiers:
                if tier is not other and tier.start <= other.start and (tier.end is None or other.start < tier.end):
                    raise Refused("tier_overlap")
        self.tiers = sorted(tiers, key=lambda tier: tier.start)

    def parts(self, base):
        """C-7: what of the base lies in which tier; a negative base mirrors the positive one."""
        if self.whole:
            parts = [(tier, abs(base)) for tier in self.tiers if tier.holds(abs(base))]
        else:
            parts = [(tier, tier.part_of(abs(base))) for tier in self.tiers]
        return [(tier, part if base > 0 else -part) for tier, part in parts if part != 0]

    def f(self, base):
        return sum((part * tier.percentage / 100 for tier, part in self.parts(base)), Fraction(0))

    def unit_of(self, month):
        """C-9."""
        return month[:4] if self.of_year else month


def next_month(month):
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


# ── the operations of the vector file ────────────────────────────────────────────────────────────────────────────────────────────


def one_commission(case):
    cents = Cents(case["currency"])
    schedule = Schedule(case["schedule"])
    base = cents.exact(cents.read(case["base_amount"]))
    slices = []
    for tier, part in schedule.parts(base):
        earned = part * tier.percentage / 100
        slices.append({**tier.written(), "base_amount": shortest(part), "unrounded_amount": shown(earned)})
    result = schedule.f(base)
    return {"slices": slices, "unrounded_amount": shown(result), "amount": cents.text(cents.rounded(result))}


def year(case):
    """C-9, C-18."""
    cents = Cents(case["currency"])
    schedule = Schedule(case["schedule"])
    bases = [cents.read(text) for text in case["monthly_base_amounts"]]
    result = lambda minor: cents.rounded(schedule.f(cents.exact(minor)))
    if schedule.of_year:
        to_date = [result(sum(bases[:months])) for months in range(len(bases) + 1)]
        months = [after - before for before, after in zip(to_date, to_date[1:])]
    else:
        months = [result(base) for base in bases]
    return {"monthly_amounts": [cents.text(month) for month in months], "year_amount": cents.text(sum(months))}


def contribution(document, cents):
    """C-10: converted, rounded once, credit notes negative."""
    net = cents.read(document["net_amount"])
    if document.get("from_rate") is not None:
        net = cents.rounded(cents.exact(net) * exchange_rate(document["to_rate"]) / exchange_rate(document["from_rate"]))
    return -net if document["kind"] == "credit_note" else net


def summary(case):
    """C-10, C-12, C-13."""
    cents = Cents(case["currency"])
    schedule = Schedule(case["schedule"])
    documents = {document["document_id"]: document for document in case["documents"]}
    payable = earned = 0
    estimated = cents.read(case["uninvoiced_amount"])
    for document in case["documents"]:
        status = document["status"]
        if document.get("credits_document_id") is not None:
            if status not in ("issued", "paid"):
                continue
            if document["credits_document_id"] not in documents:
                raise Refused("document_missing")
            status = documents[document["credits_document_id"]]["status"]
        if status == "void":
            continue
        figure = contribution(document, cents)
        estimated += figure
        earned += figure if status in ("issued", "paid") else 0
        payable += figure if status == "paid" else 0
    answer = {}
    for name, base in {"estimated": estimated, "earned": earned, "payable": payable}.items():
        result = cents.rounded(schedule.f(cents.exact(cents.storable(base))))
        answer[f"{name}_base_amount"] = cents.text(base)
        answer[f"{name}_amount"] = cents.text(result)
    answer["difference_amount"] = cents.text(cents.storable(result - cents.read(case["stated_amount"])))
    return answer


def statements(case):
    """C-22 to C-25."""
    cents = Cents(case["currency"])
    schedule = Schedule(case["schedule"])
    known, stated, carried, closed, last = {}, {}, 0, [], None
    for statement in case["statements"]:
        month = statement["period"]
        for name, text in statement["payable_base_amounts"].items():
            known[name] = cents.read(text)
        if last is not None and month <= last:
            raise Refused("statement_exists")
        if last is not None and month != next_month(last):
            raise Refused("earlier_statement_open")
        last, own = month, schedule.unit_of(month)
        bases = {own: 0}
        for name in (name for name in known if name <= month):
            bases[schedule.unit_of(name)] = bases.get(schedule.unit_of(name), 0) + known[name]
        lines, total = [], carried
        for unit in sorted(bases):
            now, before = cents.rounded(schedule.f(cents.exact(bases[unit]))), stated.get(unit, 0)
            stated[unit] = now
            total += now - before
            if unit == own or now != before:
                figures = {"payable_amount": now, "stated_amount": before, "difference_amount": now - before}
                lines.append({"unit": unit, **{name: cents.text(figure) for name, figure in figures.items()}})
        figures = {"carried_in_amount": carried, "statement_amount": max(total, 0), "carried_out_amount": min(total, 0)}
        closed.append({"period": month, "lines": lines, **{name: cents.text(figure) for name, figure in figures.items()}})
        carried = min(total, 0)
    return {"statements": closed}


def resolve_schedule(case):
    """C-3."""
    candidates = ("own_schedule", "distributor_partner_default")
    read = {name: None if case[name] is None else Schedule(case[name]) for name in candidates}
    for name in candidates:
        if read[name] is not None:
            return {"source": name, "tiers": [tier.written() for tier in read[name].tiers], "warnings": []}
    return {"source": None, "tiers": [], "warnings": ["commission_schedule_missing"]}


def schedule_in_force(case):
    """C-4: the place in the list of the schedule that counts for the month."""
    started = [(start, place) for place, start in enumerate(case["effective_from"]) if start <= case["period"]]
    return {"index": max(started)[1] if started else None}


def effective_from(case):
    """C-4: whether a new schedule may start in the month."""
    start, current, existing = case["effective_from"], case["current"], case["existing"]
    if start < current or (start == current and any(other <= current for other in existing)):
        raise Refused("effective_from_past")
    if case["tier_period"] == "year" and not start.endswith("-01") and any(other < start for other in existing):
        raise Refused("effective_from_not_january")
    return {"accepted": True}


def split(case):
    """C-11: each line for the ancestor of its own period, every part converted by itself."""
    cents, parts = Cents(case["currency"]), {}
    for line in case["lines"]:
        parts.setdefault(line["ancestor"], []).append(cents.read(line["amount"]))
    answer = []
    for ancestor in sorted(parts):
        net = cents.storable(sum(parts[ancestor]))
        answer.append({"ancestor": ancestor, "net_amount": cents.text(net)})
    return {"parts": answer}


OPERATIONS = {
    "commission": one_commission,
    "year": year,
    "summary": summary,
    "statements": statements,
    "resolve_schedule": resolve_schedule,
    "schedule_in_force": schedule_in_force,
    "effective_from": effective_from,
    "split": split,
}


def answer(case):
    try:
        return OPERATIONS[case["operation"]](case)
    except Refused as refused:
        return {"error": str(refused)}


def check(folder):
    cases = json.loads((pathlib.Path(folder) / "commissions.json").read_text(encoding="utf-8"))["cases"]
    wrong = [case for case in cases if answer(case["input"]) != case["expected"]]
    for case in wrong:
        print(f"{case['name']}\n  expected {case['expected']}\n  actual   {answer(case['input'])}")
    print(f"{len(cases) - len(wrong)} of {len(cases)} vectors agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(check(sys.argv[1]))
    for text in sys.stdin:
        print(json.dumps(answer(json.loads(text)["input"])))
