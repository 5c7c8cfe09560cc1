"""Characters that place names are written with in more than one form, folded to one for comparison only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# the first character of each group stands for all of it; the register's own spelling is what is shown
_GROUPS = """
ケヶヵカがガゕゖ つツっッ のノ之丿 ヘへ 竜龍 沢澤 曽曾 崎﨑嵜碕 浜濱濵 蛍螢 円圓 広廣 淵渕渊 坂阪 辺邊邉 斎齋斉齊 高髙 島嶋嶌 桜櫻
滝瀧 壷壺 桧檜 桝枡 麹麴 槙槇 靭靱 鴬鶯 鯵鰺 薮藪籔 蛎蠣 国國圀 学學 会會 県縣 区區 塩鹽 鉄鐵 宝寶寳 寿壽 栄榮 条條 来來 実實
当當 戸戶 万萬 与與 両兩 並竝 亀龜 仏佛 仙僊 伝傳 価價 児兒 剣劍劔 労勞 医醫 単單 厳嚴 双雙 台臺 号號 嘱囑 団團 囲圍 図圖 塁壘
増增 売賣 声聲 変變 奥奧 娘孃 宮宫 尭堯 峡峽 峰峯 巌巖 巣巢 帯帶 庁廳 弁辨辯瓣 弐貳 弥彌 径徑 応應 恵惠 悪惡 懐懷 戦戰 払拂
拝拜 拠據 挙擧 挟挾 捜搜 揺搖 数數 断斷 旧舊 昼晝 晃晄 晩晚 晋晉 暁曉 杉杦 柏栢 柳栁 栃杤 桑桒 桟棧 梅楳 検檢 楡榆 楼樓 楽樂
様樣 槌鎚 横橫 権權 欧歐 歓歡 歩步 歳歲 気氣 汚汙 沖冲 泉洤 浅淺 浄淨 渋澁澀 済濟 湾灣 湿濕 満滿 潟泻 瀬瀨 灯燈 炉爐 為爲 状狀
猟獵 狭狹 献獻 瑶瑤 瓶甁 画畫 畝畆 発發 真眞 瞭暸 砿礦鉱鑛 礼禮 祇祗 禅禪 稲稻 穂穗 穣穰 竪豎 粛肅 経經 絵繪 続續 総總 緑綠
縄繩 繊纖 繋繫 聴聽 脚腳 舘館 艶艷 芦蘆 芸藝 苅刈 茎莖 荘莊 蒋蔣 園薗 薬藥 蔵藏 虫蟲 蝉蟬 蝋蠟 衛衞 装裝 覚覺 観觀 触觸 訳譯
読讀 諌諫 讃讚 豊豐 賎賤 賛贊 践踐 軽輕 轟軣 辞辭 逓遞 遅遲 遥遙 郎郞 郷鄕 酔醉 醤醬 釈釋 鋳鑄 銭錢 鎮鎭 鎌鐮 関關 闘鬪 陥陷
随隨 険險 隠隱 雑雜 霊靈 青靑 静靜 頚頸 頬頰 頼賴 顕顯 風凬 飯飰 餅餠 駅驛 駆驅 験驗 騨驒 鯨鯢 鰯鱛 鴎鷗 鶏鷄雞 麦麥 黄黃 黒黑
黙默 鼡鼠 齢齡 乗乘 予豫 争爭 亘亙 仮假 体體 余餘 併倂 偽僞 備俻 冨富 処處 刃刄 剰剩 勅敕 勧勸 勲勳 参參 収收 叙敍 吉𠮷 唖啞
喩喻 噛嚙 土圡 圧壓 垂埀 壊壞 壌壤 壮壯 壱壹 夢梦 姫姬 姉姊 寛寬 対對 専專 将將 尽盡 届屆 属屬 岳嶽 岩嵓 岡崗 州洲 帰歸 廟庿
廃廢 庵菴 彦彥 従從 徳德 恒恆 悦悅 愼慎 戯戲 抜拔 択擇 担擔 摂攝 撹攪 昂昻 枢樞 栖棲 梁樑 橋槗 檪櫟 殻殼 毎每 涌湧 涙淚 清淸
渓溪 温溫 滞滯 潜潛 焼燒 煙烟 点點 独獨 略畧 畳疊 痩瘦 皐皋 盗盜 砺礪 祢禰 秋穐秌 稚稺 窓窗 箆篦
"""


def _table() -> dict[int, str]:
    table = {}
    for group in _GROUPS.split():
        for other in group[1:]:
            if other != group[0]:
                table[ord(other)] = group[0]
    return table


VARIANTS = _table()


def replacing(table: Mapping[int, str]) -> Callable[[str], str]:
    """Return what puts others in place of the characters of a table: `str.translate` is slow at every one that it does not have."""
    others = {chr(one): other for one, other in table.items()}
    pattern = re.compile(f"[{''.join(map(re.escape, others))}]")
    return lambda text: pattern.sub(lambda match: others[match.group()], text)


_fold = replacing(VARIANTS)


def fold(text: str) -> str:
    """Return a text of the same length in which every variant is the one that stands for it."""
    return _fold(text)
