"""What is said about an answer, in both languages."""

from __future__ import annotations

from gispipe.words import Words

NO_REGISTER = Words("the address register is missing or damaged", "住所の台帳がないか、壊れています")
BUILD_REGISTER = Words("run 'gispipe run' again", "「gispipe run」をもう一度実行してください")
EMPTY = Words("nothing was asked: enter an address, a lot number or the name of a facility", "入力がありません。住所、地番又は施設名を入力してください")
TOO_LONG = Words("the question has more than 200 characters: enter one address only", "200文字を超えています。住所を1件だけ入力してください")
CONTROL = Words("the question has control characters: enter it again by hand", "制御文字が含まれています。手で入力し直してください")
NO_LETTERS = Words("no letters or digits were found: enter an address, a lot number or the name of a facility",
                   "文字や数字がありません。住所、地番又は施設名を入力してください")
OTHER_CITY = Words("'{other}' is another municipality: only {city} is covered here", "「{other}」は別の市区町村です。ここで調べられるのは{city}だけです")
NO_TOWN = Words("no town or facility like '{text}' is in the register of {city}: check the spelling", "「{text}」に当たる町名・施設名が{city}の台帳にありません。表記を確かめてください")
NO_NUMBER = Words("'{number}' is not in the register of {town}: the place shown is only the town or block",
                  "{town}の台帳に「{number}」がありません。示した位置は町丁目又は街区までです")
ONLY_BLOCK = Words("{block} is a block: add the number of the house", "{block}は街区です。住居番号も入力してください")
UNREAD = Words("'{rest}' behind {town} was not read as a number: the place shown is only the town", "{town}の後の「{rest}」を番号として読めません。示した位置は町丁目までです")
NO_CHOME = Words("{town} has no chome {chome}: choose one of those listed", "{town}に{chome}丁目はありません。一覧から選んでください")
WHICH_CHOME = Words("the chome is missing: choose one of those listed", "丁目がありません。一覧から選んでください")
SEVERAL = Words("several places fit: choose one of those listed", "当てはまる場所が複数あります。一覧から選んでください")
ONLY_LIKE = Words("nothing is called exactly so: choose one of those listed", "完全に一致するものがありません。一覧から選んでください")
NAME_ONLY = Words("the town is not written in full: choose one of those listed", "町名が途中までです。一覧から選んでください")
SAME_LOT = Words("a lot has the same number", "同じ数字の地番もあります")
SAME_DIGITS = Words("has the same digits, but is of another kind", "数字は同じですが、住居表示と地番の別が異なります")
FAR_APART = Words("the same number is at places more than 50 m apart", "同じ番号が50m以上離れた場所にあります")
REST = Words("'{rest}' was read as a room or building", "「{rest}」は部屋番号・建物名として読みました")
REST_OF_LOT = Words("'{rest}' behind the lot number is not in the register", "地番の後の「{rest}」は台帳にありません")
WILDCARD = Words("an unreadable character was taken to be part of '{name}'", "読めない文字を「{name}」の一部とみなしました")
READING = Words("found by its reading", "よみがなで見つけました")
