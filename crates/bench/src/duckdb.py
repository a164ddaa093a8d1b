"""Loads rows from standard input and times one query on one thread: `duckdb.py ROUNDS SQL`."""
import json
import sys
import tempfile
import time

import duckdb

rounds, query = int(sys.argv[1]), sys.argv[2]
with tempfile.NamedTemporaryFile(suffix=".csv") as file:
    file.write(sys.stdin.buffer.read())
    file.flush()
    database = duckdb.connect()
    database.execute("SET threads = 1")
    database.execute(
        "CREATE TABLE usage AS SELECT * FROM read_csv(?, columns = "
        "{'subscription': 'INTEGER', 'meter': 'INTEGER', 'quantity': 'BIGINT'}, header = true)",
        [file.name],
    )
times = []
for _ in range(rounds):
    start = time.perf_counter()
    total = database.execute(query).fetchone()[0]
    times.append(time.perf_counter() - start)
print(json.dumps({"seconds": min(times), "total_minor": int(total)}))
