"""nginx before servers of this machine, told what to do by the file that is delivered."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from tests.load.processes import free_port, wait_until_it_answers
from tests.load.tablets import HOST, Entrance
from tools.machine import find_nginx
from voting import cli

DELIVERED = Path(__file__).resolve().parents[2] / "deploy/nginx.conf"
A_SERVER = re.compile(r" +server 10\.0\.0\.\d+:8000( .*\n)")
LISTEN = re.compile(r"listen (?:\[::\]:)?(80|443)\b")
# What the machine's own file says around the delivered one; section 15 asks for the connections.
AROUND = """
user {user} {group};
daemon off;
pid nginx.pid;
worker_processes 2;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path temporary/body;
    proxy_temp_path temporary/proxy;
    fastcgi_temp_path temporary/fastcgi;
    uwsgi_temp_path temporary/uwsgi;
    scgi_temp_path temporary/scgi;
    include voting.conf;
}}
"""


@dataclass
class Nginx:
    """An nginx of one's own, which can be killed, started again and told to read its file again."""

    program: Path
    folder: Path
    # Two each, because the delivered file listens in both families of addresses.
    ports: dict[str, list[int]] = field(
        default_factory=lambda: {name: [free_port(), free_port()] for name in ("80", "443")}
    )
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def prepared(cls) -> Iterator[Nginx]:
        """Make one in a temporary folder with a certificate, and end it afterwards."""
        program = find_nginx()
        if program is None:
            raise SystemExit("nginx is missing: make setup-machine")
        folder = Path(tempfile.mkdtemp(prefix="minsheng-nginx-"))
        made = cls(program, folder)
        with redirect_stdout(io.StringIO()):
            cli.main(["certificate", HOST, "--folder", str(folder / "tls")])
        try:
            yield made
        finally:
            made.kill()
            shutil.rmtree(folder)

    @property
    def log(self) -> Path:
        """The file in which it would write down what failed."""
        return self.folder / "nginx.log"

    @property
    def port(self) -> int:
        """Where it speaks TLS."""
        return self.ports["443"][0]

    @property
    def address(self) -> str:
        """The address under which people reach the site."""
        return f"https://{HOST}:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        """Trust in the hall's authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.folder / "tls/authority.crt"))

    @property
    def entrance(self) -> Entrance:
        """Where tablets come in."""
        return Entrance(self.port, self.trust)

    def lead_to(self, ports: Sequence[int]) -> None:
        """Start it before servers at these ports of this machine."""
        (self.folder / "temporary").mkdir()
        around = AROUND.format(user=self.folder.owner(), group=self.folder.group())
        (self.folder / "nginx.conf").write_text(around, encoding="utf-8")
        delivered = DELIVERED.read_text(encoding="utf-8")
        (self.folder / "voting.conf").write_text(self._adapted(delivered, ports), encoding="utf-8")
        subprocess.run([*self._command(), "-q", "-t"], check=True)
        self.start()

    def start(self) -> None:
        """Start it, and wait until a server answers through it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Wait until a server answers through it."""
        wait_until_it_answers(self.address, self.trust)

    def reload(self) -> None:
        """Have it read its file again, as after a new certificate; what is under way goes on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Kill it with all its workers."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _command(self) -> list[str | Path]:
        return [self.program, "-p", self.folder, "-c", "nginx.conf", "-e", self.log]

    def _adapted(self, delivered: str, ports: Sequence[int]) -> str:
        """Put this machine's addresses, ports, paths and names into the delivered file."""
        before, rest, *_, after = A_SERVER.split(delivered)
        text = before + "".join(f"    server 127.0.0.1:{port}{rest}" for port in ports) + after
        free = {name: iter(numbers) for name, numbers in self.ports.items()}
        text = LISTEN.sub(lambda found: f"listen 127.0.0.1:{next(free[found[1]])}", text)
        for theirs, ours in (
            ("/etc/nginx/voting", self.folder / "tls"),
            ("/var/cache/nginx-voting", self.folder / "cache"),
            ("/var/log/nginx/voting.log", self.log),
            ("vote.hall", HOST),
        ):
            assert theirs in text, theirs
            text = text.replace(theirs, str(ours))
        return text
