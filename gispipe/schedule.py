"""The refresh as a job of the operating system: a systemd timer, a line for cron, or a task of Windows."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

NAME = "gispipe-refresh"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOWS_DAYS = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))


@dataclass(frozen=True)
class Job:
    """When and what: hour and minute, days of the week (none: every day), how gispipe is called here, the city directory, and a name that is the city's own."""

    hour: int
    minute: int
    days: tuple[str, ...]
    program: tuple[str, ...]
    city: Path
    id: str
    lang: str

    @property
    def name(self) -> str:
        return f"{NAME}-{self.id}"

    @property
    def command(self) -> tuple[str, ...]:
        return (*self.program, "refresh", "--quiet", "--city", str(self.city))


def systemd(job: Job) -> dict[str, str]:
    """Return the two units by file name."""
    days = ",".join(day.capitalize() for day in job.days)
    service = ["[Unit]", f"Description=gispipe refresh of {_unit(str(job.city))}", "", "[Service]", "Type=oneshot", f"ExecStart={' '.join(map(_unit_argument, job.command))}",
               f"Environment=GISPIPE_LANG={job.lang}", "Nice=10", "IOSchedulingClass=idle"]
    timer = ["[Unit]", f"Description=gispipe refresh of {_unit(str(job.city))}, by night", "", "[Timer]", f"OnCalendar={f'{days} ' if days else ''}*-*-* {job.hour:02d}:{job.minute:02d}:00",
             "Persistent=true", "", "[Install]", "WantedBy=timers.target"]
    return {f"{job.name}.service": "\n".join(service) + "\n", f"{job.name}.timer": "\n".join(timer) + "\n"}


def _unit(text: str) -> str:
    """Return a text in which nothing is a specifier of systemd."""
    return text.replace("%", "%%")


def _unit_argument(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return _unit(f'"{quoted}"' if re.search(r"[\s\"'\\;]", text) or not text else quoted)


def cron(job: Job) -> dict[str, str]:
    """Return a line for `crontab -e`; cron takes % for the end of a line."""
    days = ",".join(str(DAYS.index(day) + 1) for day in job.days) or "*"
    command = f"GISPIPE_LANG={job.lang} " + " ".join(map(shlex.quote, job.command))
    return {f"{job.name}.cron": f"{job.minute} {job.hour} * * {days} {command.replace('%', chr(92) + '%')}\n"}


def windows(job: Job) -> dict[str, str]:
    """Return a task for `schtasks /create /xml`; Windows wants it in UTF-16."""
    when = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>" if not job.days else (
        f"<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek>{''.join(f'<{_WINDOWS_DAYS[day]} />' for day in job.days)}</DaysOfWeek></ScheduleByWeek>")
    program, *arguments = job.command
    told = " ".join(_windows_argument(one) for one in arguments)
    return {f"{job.name}.xml": f'''<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{escape(f"gispipe refresh of {job.city}")}</Description></RegistrationInfo>
  <Triggers><CalendarTrigger><StartBoundary>2026-01-01T{job.hour:02d}:{job.minute:02d}:00</StartBoundary><Enabled>true</Enabled>{when}</CalendarTrigger></Triggers>
  <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><StartWhenAvailable>true</StartWhenAvailable><ExecutionTimeLimit>PT12H</ExecutionTimeLimit><Priority>7</Priority></Settings>
  <Actions Context="Author"><Exec><Command>{escape(program)}</Command><Arguments>{escape(told)}</Arguments><WorkingDirectory>{escape(str(job.city))}</WorkingDirectory></Exec></Actions>
</Task>
'''}


def _windows_argument(text: str) -> str:
    if text and not re.search(r'[\s"]', text):
        return text
    inner = re.sub(r'(\\*)"', r'\1\1\\"', text)
    return '"' + re.sub(r"(\\+)$", r"\1\1", inner) + '"'


SYSTEMS = {"systemd": systemd, "cron": cron, "windows": windows}
ENCODINGS = {"windows": "utf-16"}
STEPS = {
    "systemd": ("cp {files} /etc/systemd/system/ && systemctl daemon-reload && systemctl enable --now {name}.timer", "systemctl list-timers {name}.timer; journalctl -u {name}.service"),
    "cron": ("(crontab -l; cat {files}) | crontab -", "crontab -l"),
    "windows": ('schtasks /create /tn "{name}" /xml {files}', 'schtasks /query /tn "{name}"'),
}
"""By system: the command that makes the job, and the one that shows it."""
