#!/usr/bin/env python3
"""What the rules expect, read from permissions.csv alone (PM-6, PM-29); shares no code with the policy.

oracle.py <permissions.csv> golden          prints the answer for each operation, role and relation
oracle.py <permissions.csv> decide <world>  answers each decision of a JSON file, in order, as a JSON list

The world names the tree (`parents`: node -> parent), the positions of the switches, and decisions with `operation`,
`state` (signed_in, access_token, nobody, disabled, locked, mfa_pending), `role`, `anchor` (node), `fresh` (proof of identity) and
`owner`: the node that owns the object in the path, "" for a missing one, null where the path names none; `part` is
false where the path names a part that the object does not have.
"""

import csv
import json
import sys

ROLES = [f"{level}_{kind}" for kind in ("administrator", "reader")
         for level in ("platform", "distributor", "partner", "tenant")]
RELATIONS = ["own", "child", "sibling", "cousin", "parent", "missing"]


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["operation"]: row for row in csv.DictReader(file)}


def in_branch(parents, node, anchor):
    while node is not None:
        if node == anchor:
            return True
        node = parents.get(node)
    return False


def decide(rows, world, decision):
    row = rows.get(decision["operation"])
    if row is None:
        raise SystemExit(f"{decision['operation']} has no row in permissions.csv")
    if decision["state"] not in ("signed_in", "access_token"):
        return "not_signed_in"
    if decision["state"] == "access_token" and row["api_key"] != "allowed":
        return "not_permitted"
    cell = row[decision["role"]]
    if cell == "none":
        return "not_permitted"
    owner = decision["owner"]
    if owner == "":
        return "not_found"
    if owner is not None and cell != "all" and not in_branch(world["parents"], owner, decision["anchor"]):
        return "not_found"
    if cell.startswith("own_if:") and not world["switches"][cell.removeprefix("own_if:")]:
        return "switched_off"
    if row["step_up"] == "yes" and not decision["fresh"]:
        return "step_up_required"
    return "passes" if decision["part"] else "not_found"


def golden(rows):
    print("operation", "role", *RELATIONS, sep=",")
    for operation in sorted(rows):
        for role in ROLES:
            cell = rows[operation][role]
            answers = [by_relation(cell, relation) for relation in RELATIONS]
            print(operation, role, *answers, sep=",")


def by_relation(cell, relation):
    if cell == "none":
        return "not_permitted"
    if relation == "missing" or (cell != "all" and relation not in ("own", "child")):
        return "not_found"
    if cell.startswith("own_if:"):
        return f"passes while {cell.removeprefix('own_if:')}"
    return "passes"


def main():
    rows = table(sys.argv[1])
    if sys.argv[2] == "golden":
        golden(rows)
        return
    with open(sys.argv[3], encoding="utf-8") as file:
        world = json.load(file)
    json.dump([decide(rows, world, decision) for decision in world["decisions"]], sys.stdout)


if __name__ == "__main__":
    main()
