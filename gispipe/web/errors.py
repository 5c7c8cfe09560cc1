"""Failures of the page stage, in the words of `gispipe.errors`."""

from __future__ import annotations

from gispipe.errors import NotFound, ReleaseDamaged, UnreadableInput
from gispipe.words import Words

__all__ = ["assets_missing", "foreign_link", "npm_failed", "npm_missing", "pack_refused"]


def assets_missing(where: str) -> NotFound:
    """Say that the JavaScript packages were never fetched."""
    return NotFound(where, Words("the JavaScript packages of the pages are not here",
                                 "ページ用の JavaScript がまだありません"),
                    Words("run `gispipe assets` once (or `gispipe assets --from FILE` in a closed network)",
                          "`gispipe assets` を一度実行してください（閉じた網では `gispipe assets --from ファイル`）"))


def npm_missing() -> NotFound:
    """Say that no npm can be found."""
    return NotFound("npm", Words("not on this machine", "このマシンにありません"),
                    Words("install Node.js, or `pip install 'gispipe[assets]'`, or bring a pack with `gispipe assets --from FILE`",
                          "Node.js を入れるか、`pip install 'gispipe[assets]'`、または `gispipe assets --from ファイル` を使ってください"))


def npm_failed(reason: str) -> UnreadableInput:
    """Say why npm stopped; a changed package is named as such."""
    if "EINTEGRITY" in reason:
        return UnreadableInput("npm", Words("a fetched package differs from the one recorded in package-lock.json; nothing was installed",
                                            "取得したパッケージが package-lock.json の記録と違うため、何も入れませんでした"))
    return UnreadableInput("npm", Words(f"could not fetch the packages: {reason}", f"パッケージを取得できません: {reason}"))


def pack_refused(name: str, why_en: str, why_ja: str) -> UnreadableInput:
    """Refuse one member of an asset pack."""
    return UnreadableInput(name, Words(f"asset pack refused: {why_en}", f"アセットの束を受け取れません: {why_ja}"))


def foreign_link(name: str, url: str) -> ReleaseDamaged:
    """Stop a page that would link something nobody decided on."""
    return ReleaseDamaged(name, Words(f"a page wants to link {url}, which is not one of our assets",
                                      f"ページが {url} を参照しようとしました（登録したアセットではありません）"))
