"""How a refresh ended is told: log, webhook, mail; who cannot be told changes nothing, and no value of a table goes out."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tinycity import command

from tests.refresh.yearcity import DELIVERIES


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict]]]:
    got: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got
    server.shutdown()
    server.server_close()


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """A mail server that takes one message at a time."""
    got: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as file:
                file.write(b"220 test\r\n")
                file.flush()
                data = None
                for row in file:
                    text = row.decode("utf-8", "replace").rstrip("\r\n")
                    if data is not None:
                        if text == ".":
                            got.append("\n".join(data))
                            data = None
                            file.write(b"250 ok\r\n")
                        else:
                            data.append(text)
                            continue
                    elif text.upper() == "DATA":
                        data = []
                        file.write(b"354 go\r\n")
                    elif text.upper() == "QUIT":
                        file.write(b"221 bye\r\n")
                        file.flush()
                        break
                    else:
                        file.write(b"250 ok\r\n")
                    file.flush()

    threading.Thread(target=serve, daemon=True).start()
    yield f"127.0.0.1:{listening.getsockname()[1]}", got
    listening.close()


def declare(city: Path, text: str) -> None:
    toml = city / "city.toml"
    toml.write_text(toml.read_text("utf-8") + f"\n[notify]\n{text}\n", "utf-8")


def test_a_problem_is_told_by_webhook_and_mail_and_stands_in_the_log(city: Path) -> None:
    with webhook() as (url, posted), mail_server() as (smtp, mailed):
        declare(city, f'webhook = "{url}"\nsmtp = "{smtp}"\nmail_to = ["gis@example.jp"]\nmail_from = "timer@example.jp"')
        assert command(["refresh", "--city", str(city), "--quiet"]) == 0
        assert posted == [] and mailed == []
        DELIVERIES["half of the ledger"][0](city)
        assert command(["refresh", "--city", str(city), "--quiet"]) == 26

    log = (city / "output/reports/refresh.log").read_text("utf-8").splitlines()
    assert [line.split()[2] for line in log[-2:]] == ["0", "26"] and "parcel" in log[-1]
    assert (posted[0]["exit"], posted[0]["city"]) == (26, "小さな市") and Path(posted[0]["report"]).is_dir() and "120 of 241" in posted[0]["said"]
    (mail,) = (message_from_string(one, policy=default) for one in mailed)
    body = mail.get_body()
    assert mail["To"] == "gis@example.jp" and "26" in mail["Subject"] and body is not None and "120 of 241" in body.get_content()
    assert "持主" not in json.dumps(posted, ensure_ascii=False) + body.get_content() + "\n".join(log)


def test_who_wants_to_hear_always_hears_of_success_too(city: Path) -> None:
    with webhook() as (url, posted):
        declare(city, f'webhook = "{url}"\nwhen = "always"')
        assert command(["refresh", "--city", str(city), "--quiet"]) == 0

    assert posted[0]["exit"] == 0 and set(posted[0]["releases"]) == {"public", "internal"}


def test_a_receiver_that_is_not_there_is_said_and_changes_nothing(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declare(city, 'webhook = "http://127.0.0.1:9/none"\nsmtp = "127.0.0.1:9"\nmail_to = ["a@example.jp"]\nmail_from = "b@example.jp"\nwhen = "always"')

    assert command(["refresh", "--city", str(city), "--quiet"]) == 0
    assert capsys.readouterr().err.count("could not be told") == 2


@pytest.mark.parametrize("text", ['webhook = "ftp://x"', 'mail_to = ["a@example.jp"]', 'smtp = "here"', 'when = "never"'])
def test_what_cannot_be_told_by_is_a_mistake_in_the_declaration(city: Path, text: str) -> None:
    declare(city, text)

    assert command(["refresh", "--city", str(city), "--quiet"]) == 20
