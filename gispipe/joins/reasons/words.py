"""The reasons, in the order in which they are listed, and their sentences."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.words import Words


@dataclass(frozen=True)
class Reason:
    """title: for the table by reason; sentence: for one row, with the places {other}, {row} and {first}."""

    title: Words
    sentence: Words


def _reason(title_en: str, title_ja: str, en: str, ja: str) -> Reason:
    return Reason(Words(title_en, title_ja), Words(en, ja))


REASONS: dict[str, Reason] = {
    "width": _reason("differs only in width, case, spaces or hyphens", "全角・半角、大文字・小文字、空白、ハイフンだけの違い",
                     "the other side writes '{other}' (row {row}); only width, case, spaces or hyphens differ",
                     "相手側は「{other}」（{row} 行目）。全角・半角、大文字・小文字、空白、ハイフンだけが違います"),
    "variant": _reason("differs only in variant characters", "異体字・ヶケの違いだけ",
                       "the other side writes '{other}' (row {row}); only variant characters differ",
                       "相手側は「{other}」（{row} 行目）。異体字（髙高・﨑崎・ヶケなど）だけが違います"),
    "zeros": _reason("differs only in leading zeros", "先頭のゼロだけの違い",
                     "the other side writes '{other}' (row {row}); only leading zeros differ",
                     "相手側は「{other}」（{row} 行目）。先頭のゼロの有無だけが違います"),
    "spelling": _reason("the same lot or address in another notation", "番地・丁目の書き方の違い",
                        "the other side writes '{other}' (row {row}), the same in another notation; match = \"lot\" or \"address\" would join them",
                        "相手側は「{other}」（{row} 行目）。書き方が違うだけで同じ番地です。match = \"lot\" または \"address\" なら結合できます"),
    "room": _reason("a room number follows", "部屋番号・方書が続く",
                    "a room number or building follows the address; rooms = true would leave it out",
                    "住所の後に部屋番号・方書があります。rooms = true なら無視して結合できます"),
    "room_there": _reason("the other side adds a room number", "相手側には部屋番号・方書が続く",
                          "the other side has '{other}' (row {row}), where a room number or building follows; rooms = true would leave it out",
                          "相手側の「{other}」（{row} 行目）には部屋番号・方書が続きます。rooms = true なら無視して結合できます"),
    "unclear": _reason("the address cannot be read with certainty", "住所を確実には読み取れない",
                       "the address has no number, goes on after it, or may mean a chome or a block; write it in full",
                       "番号がない、番号の後に続きがある、または丁目か街区かが定まりません。省略せずに書いてください"),
    "slip": _reason("one character differs", "1文字だけの違い",
                    "the other side has '{other}' (row {row}), which also found nothing; one character differs, probably a typing error",
                    "相手側の「{other}」（{row} 行目）も一致先がなく、1文字だけ違います。入力誤りの可能性があります"),
    "town": _reason("the town is unknown on the other side", "相手側にない町名",
                    "the town (first part of the key) in '{first}' does not occur on the other side: renamed, written wrong, or not yet in it",
                    "「{first}」の町名（キーの前半）が相手側にありません。名称の変更・誤り、または未登録の可能性があります"),
    "parent": _reason("the lot it was divided from is on the other side", "分筆の可能性（相手側に元の地番）",
                      "the other side has '{other}' (row {row}): probably divided or merged since, and only one side is up to date",
                      "相手側には元の地番「{other}」（{row} 行目）があります。分筆・合筆の反映が片方だけの可能性があります"),
    "branch": _reason("its branch lots are on the other side", "合筆・分筆の可能性（相手側に枝番）",
                      "the other side has '{other}' (from row {row}): probably divided or merged since, and only one side is up to date",
                      "相手側には枝番「{other}」（{row} 行目ほか）があります。分筆・合筆の反映が片方だけの可能性があります"),
    "only_here": _reason("only here", "片方だけにある",
                         "nothing like it is on the other side: new, or deleted there",
                         "相手側に似たものがありません。新規、または相手側で削除された可能性があります"),
    "no_key": _reason("no key", "キーが空", "the key or a part of it is empty", "キー（またはその一部）が空です"),
}
"""Reasons by code; what a person can mend stands first, empty keys last."""
