"""The `gispipe` group: it knows its commands' names and one-line helps, and imports a command only to run it."""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings

import click

from gispipe import __version__
from gispipe.errors import DeclarationError, Failure, Several, of_system
from gispipe.words import Words

COMMANDS: dict[str, Words] = {
    "demo": Words("Make the demo city and run the whole pipeline on it.", "架空の市を作り、全工程を実行します。"),
    "new": Words("Make a new city directory to edit, by hand or by looking through a folder.", "新しい市のフォルダーを作ります（既存ファイルの調査もできます）。"),
    "inspect": Words("Say of any file what it is, and which layer would read it.", "ファイルの形式・座標系・文字コード・件数・列を調べます。"),
    "check": Words("Check declarations, examples and sources; change nothing.", "宣言・例・入力データを検査します（何も変更しません）。"),
    "ingest": Words("Sources → store.", "入力データを取り込みます。"),
    "build": Words("Store → a staged, gated release.", "公開物を作り、流出がないか検査します。"),
    "run": Words("Check, ingest, join, build and publish: the main job.", "検査・取込・結合・作成・公開をまとめて行います。"),
    "refresh": Words("Compare with last time, then run; stop and ask beyond the limits.", "前回と比べてから更新します。目安を超える変更では止まって確認を求めます。"),
    "diff": Words("What came, went, changed and stayed between two states.", "二つの時点の間の追加・削除・変更・同一を報告します。"),
    "history": Words("List the states that the store has had.", "これまでに取り込んだ版を一覧します。"),
    "schedule": Words("Write a systemd timer, a cron line or a Windows task.", "夜間に自動更新する設定（systemd・cron・Windows）を書き出します。"),
    "publish": Words("Make a finished release the current one, or list them.", "作成済みの公開物に切り替えます（一覧も表示します）。"),
    "rollback": Words("Go back to the release before the current one.", "一つ前の公開物に戻します。"),
    "backup": Words("Copy everything to a second place; prove what is there.", "すべてを別の場所に写します（壊れていないかの検査もできます）。"),
    "restore": Words("Bring a city back from a backup.", "バックアップから市のフォルダーを復元します。"),
    "export": Words("Write a finished release in another form, or a layer as it was.", "作成済みの公開物を別の形で、またはレイヤーの過去の版を書き出します。"),
    "lookup": Words("Say which hazards reach an address, lot, facility or coordinate, and where to go.", "住所・地番・施設・座標から、災害リスクと避難先を調べます。"),
    "statistics": Words("Count hazards by town, school district and city: tables and charts.", "災害区分ごとの件数を町丁目・校区・市全域で集計します（表とグラフ）。"),
    "serve": Words("Serve the finished pages on this machine.", "できあがった地図をこの機械で配信します。"),
    "assets": Words("Install the pinned JavaScript packages, or pack them for an office without internet.", "JavaScript 部品を導入します（閉域網への持ち込みもできます）。"),
    "schema": Words("Write the JSON Schemas of the declarations for editors.", "宣言ファイルの JSON Schema を書き出します。"),
}


class LazyGroup(click.Group):
    """A group whose commands live in `gispipe.cli.<name>` and are imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"gispipe.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, str(help_text)) for name, help_text in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            import difflib

            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gispipe")
def cli() -> None:
    """From a Japanese municipality's own files to a public hazard map and an internal parcel map."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a failure a person can act on ends with its sentence and exit status, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries warn those who program; whoever runs this gets a sentence or nothing
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy comes: nothing here is linear algebra, and starting threads for it takes a tenth of a second
    try:
        cli.main(args=arguments, prog_name="gispipe", standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(str(Words("stopped; nothing was published", "中断しました。公開内容は変わっていません")), err=True)
        sys.exit(130)
    except Failure as failure:
        _tell(failure, "--json" in arguments)
        sys.exit(failure.exit_status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _tell(of_system(error), "--json" in arguments)
        sys.exit(of_system(error).exit_status)


def _tell(failure: Failure, as_json: bool) -> None:
    click.echo(str(failure), err=True)
    if as_json:
        click.echo(json.dumps({"error": _document(failure)}, ensure_ascii=False))


def _document(failure: Failure) -> dict[str, object]:
    if isinstance(failure, Several):
        return {"code": failure.code, "exit": failure.exit_status, "failures": [_document(one) for one in failure.failures]}
    if isinstance(failure, DeclarationError):
        return {"code": failure.code, "exit": failure.exit_status, "mistakes": [str(mistake) for mistake in failure.mistakes]}
    return {"code": failure.code, "exit": failure.exit_status, "where": failure.where, "what": failure.what.both(),
            "todo": failure.todo.both() if failure.todo else None}
