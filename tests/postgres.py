"""Gives tests Debian's real PostgreSQL: a cluster of their own, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """Find where Debian keeps the programs of PostgreSQL, the newest; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster; give the address of its first database. It refuses to run as root: then it runs as postgres."""
    home = programs()
    assert home is not None, "PostgreSQL is missing: make programs installs it"
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="agora-pg-", dir="/tmp"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, user=user, check=True, capture_output=True, timeout=60)

    data = str(folder / "data")
    try:
        run(str(home / "initdb"), "-D", data, "-U", "agora", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c max_connections=60"
        run(str(home / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        yield f"postgresql+psycopg://agora@/postgres?host={folder}"
        run(str(home / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def emptied(address: str) -> str:
    """Empty a database of what an earlier test left in it."""
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address
