"""How a refresh ended, for people who are not there: a line in the log, and a webhook or a mail where the city declares them.

Only what the sentence of a failure says goes out: counts and names of layers, no value of any table.
"""

from __future__ import annotations

import datetime as dt
import json
import smtplib
import socket
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

from gispipe.errors import Failure
from gispipe.model import City
from gispipe.words import Words

LOG = "refresh.log"
PATIENCE = 20.0
"""Seconds until a receiver that does not answer is given up."""


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: exit status, its sentence, the folder of its report, and the releases that are current."""

    city: str
    at: str
    exit: int
    said: str
    report: str
    releases: dict[str, str]

    @property
    def line(self) -> str:
        return f"{self.at} exit {self.exit} {' '.join(self.said.split())}"


def outcome(city: City, exit_status: int, said: str, report: Path | None, releases: dict[str, str]) -> Outcome:
    return Outcome(city.name, dt.datetime.now().astimezone().isoformat(timespec="seconds"), exit_status, said, str(report) if report else "", releases)


def ended_by(city: City, failure: Failure, report: Path | None) -> Outcome:
    return outcome(city, failure.exit_status, str(failure), report, {})


def tell(output: Path, city: City, what: Outcome) -> list[str]:
    """Write the line of the log and tell whom the city declares; return a sentence for each who could not be told, which changes nothing else."""
    (output / "reports").mkdir(parents=True, exist_ok=True)
    with (output / "reports" / LOG).open("a", encoding="utf-8") as log:
        log.write(what.line + "\n")
    notify = city.notify
    if what.exit == 0 and notify.when == "problem":
        return []
    untold = []
    for receiver, send in ((notify.webhook, _post), (", ".join(notify.mail_to), _mail)):
        if receiver:
            try:
                send(city, what)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                untold.append(str(Words(f"{receiver} could not be told: {error}", f"{receiver} に通知できませんでした: {error}")))
    return untold


def _post(city: City, what: Outcome) -> None:
    request = urllib.request.Request(city.notify.webhook, json.dumps(asdict(what), ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 - http or https by the declaration
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        answer.read(1024)


def _mail(city: City, what: Outcome) -> None:
    message = EmailMessage()
    message["From"], message["To"] = city.notify.mail_from, ", ".join(city.notify.mail_to)
    message["Subject"] = f"[gispipe] {what.city}: " + str(Words("refreshed", "更新しました") if what.exit == 0 else Words(f"stopped with {what.exit}", f"更新を止めました（終了コード {what.exit}）"))
    message["Date"] = dt.datetime.now().astimezone()
    message.set_content(f"{what.said}\n\n{Words('report', '報告')}: {socket.gethostname()} {what.report}\n{what.at}\n")
    host, _, port = city.notify.smtp.partition(":")
    with smtplib.SMTP(host, int(port), timeout=PATIENCE) as server:
        server.send_message(message)
