"""A second opinion on prices, written from the rules with Python's fractions.

Reads one case per line, {"file": "tiers", "input": {...}}, and writes the answer in the form of the vector files, one per line.
With a folder as argument it checks itself against the vector files in it instead.
"""

import json
import pathlib
import re
import sys
from fractions import Fraction as F

ROOT = pathlib.Path(__file__).resolve().parents[4]
DIGITS = {}
for row in (ROOT / "spec" / "currencies.csv").read_text(encoding="utf-8").splitlines()[1:]:
    code, digits = row.split(",")[:2]
    DIGITS[code] = int(digits)

PATTERN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)


class Refused(Exception):
    pass


def number(text):
    if not PATTERN.fullmatch(text):
        raise Refused("decimal_invalid")
    return F(text)


def places(text):
    return len(text.partition(".")[2])


def half_away(value):
    magnitude = abs(value) + F(1, 2)
    whole = magnitude.numerator // magnitude.denominator
    return -whole if value < 0 else whole


def fixed(scaled, digits):
    sign = "-" if scaled < 0 else ""
    text = str(abs(scaled)).rjust(digits + 1, "0")
    return sign + (text[:-digits] + "." + text[-digits:] if digits else text)


def show(value):
    return fixed(half_away(value * 10**10), 10)


def plain(value):
    """The shortest decimal of a value that is one."""
    for digits in range(0, 40):
        if (value * 10**digits).denominator == 1:
            return fixed(int(value * 10**digits), digits)
    raise ValueError(value)


def amount(value, currency):
    minor = half_away(value * 10 ** DIGITS[currency])
    if abs(minor) > 2**63 - 1:
        raise Refused("amount_out_of_range")
    return F(minor, 10 ** DIGITS[currency])


def money(value, currency):
    return fixed(int(value * 10 ** DIGITS[currency]), DIGITS[currency])


def stored(value, currency):
    if abs(value * 10 ** DIGITS[currency]) > 2**63 - 1:
        raise Refused("amount_out_of_range")
    return value


def rate_of(text):
    value = number(text)
    if places(text) > 10:
        raise Refused("rate_precision")
    if value < 0:
        raise Refused("rate_negative")
    return value


class Item:
    def __init__(self, case):
        self.currency = case["currency"]
        self.tiers = []
        for tier in case.get("tiers", []):
            end = tier["to_quantity"]
            self.tiers.append((number(tier["from_quantity"]), None if end is None else number(end), rate_of(tier["rate"])))
        self.base = rate_of(case["rate"])
        self.divisor = case["unit_divisor"]
        self.volume = case.get("tier_mode") == "volume"
        self.credits = {"quantity": F(0), "percent": F(0), "amount": F(0)}
        for credit in case.get("credits", []):
            value = number(credit["value"])
            if value < 0:
                raise Refused("credit_negative")
            if credit["kind"] == "percent" and value > 100:
                raise Refused("percent_out_of_range")
            self.credits[credit["kind"]] = value
        if case.get("rate_period") == "month" and case.get("unit_kind") != "hour":
            raise Refused("rate_period_not_allowed")
        for start, end, _ in self.tiers:
            if start < 0 or (end is not None and end <= start):
                raise Refused("tier_range_invalid")
        self.tiers.sort(key=lambda tier: tier[0])
        for (_, end, _), (start, _, _) in zip(self.tiers, self.tiers[1:]):
            if end is None or end > start:
                raise Refused("tier_overlap")
        self.hours = None
        self.exchange = F(1)
        if "to_rate" in case:
            self.exchange = number(case["to_rate"]) / number(case["from_rate"])
            self.currency = case["document_currency"]
        # Tiers and gaps as one list of (from, to, rate, source).
        self.line, position = [], F(0)
        for start, end, rate in self.tiers:
            if position < start:
                self.line.append((position, start, self.base, "base"))
            self.line.append((start, end, rate, "tier"))
            position = end
        if position is not None:
            self.line.append((position, None, self.base, "base"))

    def gap(self):
        return bool(self.tiers) and any(source == "base" for _, _, _, source in self.line)

    def charge(self, quantity):
        if quantity < 0:
            raise Refused("quantity_negative")
        result = {"priced": quantity / self.divisor}
        result["chargeable"] = max(F(0), result["priced"] - self.credits["quantity"])
        left = result["chargeable"]
        slices = []
        for start, end, rate, source in self.line if left > 0 else []:
            if self.volume:
                if start <= left and (end is None or left < end):
                    slices.append((start, end, rate, source, left))
            elif left > start:
                slices.append((start, end, rate, source, (left if end is None else min(left, end)) - start))
        hours = self.hours or 1
        result["slices"] = [(*slice_, slice_[4] * slice_[2] / hours) for slice_ in slices]
        result["gross"] = sum((slice_[5] for slice_ in result["slices"]), F(0))
        result["percent"] = result["gross"] * self.credits["percent"] / 100
        result["list"] = max(F(0), result["gross"] - result["percent"] - self.credits["amount"])
        result["amount_credit"] = result["gross"] - result["percent"] - result["list"]
        result["exact"] = result["list"] * self.exchange
        return result

    def slices(self, charged):
        return [
            {
                "from_quantity": plain(start),
                "to_quantity": None if end is None else plain(end),
                "rate": plain(rate),
                "quantity": show(part),
                "source": source,
                "unrounded_amount": show(exact),
            }
            for start, end, rate, source, part, exact in charged["slices"]
        ]


def totals(item, exact):
    return {"unrounded_amount": show(exact), "amount": money(amount(exact, item.currency), item.currency)}


def daily(item, texts):
    days = [number(text) for text in texts]
    until, before, answers = F(0), F(0), []
    for day in days:
        if day < 0:
            raise Refused("quantity_negative")
        until += day
        now = item.charge(until)["exact"]
        answers.append(show(now - before))
        before = now
    return {"quantity": plain(until), "daily_unrounded_amounts": answers, **totals(item, before)}


def tiers(case):
    item = Item(case)
    if "daily_quantities" in case:
        return daily(item, case["daily_quantities"])
    charged = item.charge(number(case["quantity"]))
    return {
        "priced_quantity": show(charged["priced"]),
        "slices": item.slices(charged),
        "warnings": ["tier_gap"] if item.gap() else [],
        **totals(item, charged["exact"]),
    }


def credits(case):
    if case["level"] == "invoice":
        return invoice_credits(case)
    item = Item(case)
    if "daily_quantities" in case:
        return daily(item, case["daily_quantities"])
    charged = item.charge(number(case["quantity"]))
    return {
        "priced_quantity": show(charged["priced"]),
        "credited_quantity": show(charged["priced"] - charged["chargeable"]),
        "chargeable_quantity": show(charged["chargeable"]),
        "gross_unrounded_amount": show(charged["gross"]),
        "percent_credit_unrounded_amount": show(charged["percent"]),
        "amount_credit_unrounded_amount": show(charged["amount_credit"]),
        **totals(item, charged["exact"]),
    }


def invoice_credits(case):
    currency = case["currency"]
    left, lines = {}, []
    for line in case["lines"]:
        left[line["subscription_id"]] = left.get(line["subscription_id"], F(0)) + number(line["amount"])
    gross = sum(left.values(), F(0))
    balances = {c["id"]: number(c["balance"]) for c in case["credits"] if c["recurrence"] == "once"}

    def act(remaining, chosen):
        order = {"percent": 0, "amount": 1}
        for credit in sorted(chosen, key=lambda c: (c["recurrence"] == "once", order[c["kind"]])):
            if remaining <= 0:
                continue
            if credit["kind"] == "percent":
                taken = amount(remaining * number(credit["value"]) / 100, currency)
            elif credit["recurrence"] == "once":
                taken = min(balances[credit["id"]], remaining)
                balances[credit["id"]] -= taken
            else:
                taken = min(number(credit["value"]), remaining)
            if taken:
                lines.append({"credit_id": credit["id"], "amount": money(-taken, currency)})
            remaining -= taken
        return remaining

    for subscription in sorted(left):
        own = [c for c in case["credits"] if c["scope"] == "subscription" and c["target_id"] == subscription]
        left[subscription] = act(left[subscription], own)
    net = act(sum(left.values(), F(0)), [c for c in case["credits"] if c["scope"] == "tenant"])
    return {
        "gross_amount": money(gross, currency),
        "credit_lines": lines,
        "net_amount": money(net, currency),
        "balances": {key: money(value, currency) for key, value in balances.items()},
    }


def hours_of(period):
    year, month = map(int, period.split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 24 * [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]


def monthly_variable(case):
    item = Item(case)
    if case["rate_period"] == "month":
        switch = case["use_monthly_variable_pricing"]
        item.hours = hours_of(case["period"]) if switch else case["reference_hours_per_month"]
    answer = {"hours_divisor": item.hours}
    if "record_quantities" in case:
        quantity = number(case["record_quantities"]["quantity"]) * case["record_quantities"]["count"]
        answer["quantity"] = plain(quantity)
    else:
        quantity = number(case["quantity"])
    charged = item.charge(quantity)
    if item.tiers:
        answer["slices"] = item.slices(charged)
    else:
        answer["effective_rate"] = show(item.base / (item.hours or 1))
    return {**answer, **totals(item, charged["exact"])}


def late_usage(case):
    item = Item({**case, "unit_kind": "hour"})
    item.hours = case.get("hours_divisor")
    now, billed_quantity = number(case["quantity_now"]), number(case["quantity_billed"])
    expected = amount(item.charge(now)["exact"], item.currency)
    billed = stored(sum((number(text) for text in case["issued_amounts"]), F(0)), item.currency)
    difference = stored(expected - billed, item.currency)
    return {
        "expected_amount": money(expected, item.currency),
        "billed_amount": money(billed, item.currency),
        "difference_quantity": plain(now - billed_quantity),
        "difference_amount": money(difference, item.currency),
        "line_created": difference != 0 or now != billed_quantity,
    }


def rounding(case):
    operation, currency = case["operation"], case.get("currency")
    if operation == "round":
        value = number(case["value"]) if "value" in case else number(case["numerator"]) / number(case["denominator"])
        return {"unrounded_amount": show(value), "amount": money(amount(value, currency), currency)}
    if operation == "sum":
        lines = [amount(number(text), currency) for text in case["exact_amounts"]]
        return {"line_amounts": [money(line, currency) for line in lines], "total": money(stored(sum(lines), currency), currency)}
    if operation == "records":
        value = case["record_count"] * number(case["quantity_per_record"]) * number(case["rate"])
        return {"unrounded_amount": show(value), "amount": money(amount(value, currency), currency)}
    if operation == "tax":
        net = stored(sum(map(number, case["net_amounts"])), currency)
        tax = amount(net * number(case["tax_rate"]) / 100, currency)
        total = stored(net + tax, currency)
        return {"net_amount": money(net, currency), "tax_amount": money(tax, currency), "total_amount": money(total, currency)}
    if operation == "convert":
        value = number(case["exact_amount"]) * number(case["to_rate"]) / number(case["from_rate"])
        return {"unrounded_amount": show(value), "amount": money(amount(value, currency), currency)}
    if operation == "allocate":
        return allocate(case)
    value, rates = number(case["increase_value"]), []
    for text in case["rates"]:
        rate = number(text)
        rate = rate * (100 + value) / 100 if case["increase_type"] == "percentage" else rate + value
        if rate < 0:
            raise Refused("rate_negative")
        scaled = half_away(rate * 10**10)
        if scaled >= 10**19:
            raise Refused("rate_out_of_range")
        rates.append(plain(F(scaled, 10**10)))
    return {"rates": rates}


def allocate(case):
    currency = case["currency"]
    whole = number(case["amount"])
    minor = abs(int(whole * 10 ** DIGITS[currency]))
    weights = [number(text) for text in case["weights"]]
    if sum(weights) == 0:
        parts = [minor] + [0] * (len(weights) - 1)
    else:
        shares = [minor * weight / sum(weights) for weight in weights]
        parts = [share.numerator // share.denominator for share in shares]
        order = sorted(range(len(weights)), key=lambda index: (parts[index] - shares[index], index))
        for index in order[: minor - sum(parts)]:
            parts[index] += 1
    sign = -1 if whole < 0 else 1
    return {"parts": [fixed(sign * part, DIGITS[currency]) for part in parts]}


FILES = {
    "tiers": tiers,
    "credits": credits,
    "monthly_variable": monthly_variable,
    "late_usage": late_usage,
    "rounding": rounding,
}


def answer(file, case):
    try:
        return FILES[file](case)
    except Refused as refused:
        return {"error": str(refused)}


def check(folder):
    wrong = total = 0
    for file in FILES:
        for case in json.loads((pathlib.Path(folder) / f"{file}.json").read_text(encoding="utf-8"))["cases"]:
            total += 1
            actual = answer(file, case["input"])
            if actual != case["expected"]:
                wrong += 1
                print(f"{file} / {case['name']}\n  expected {case['expected']}\n  actual   {actual}")
    print(f"{total - wrong} of {total} vectors agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(check(sys.argv[1]))
    for text in sys.stdin:
        case = json.loads(text)
        print(json.dumps(answer(case["file"], case["input"])), flush=False)
