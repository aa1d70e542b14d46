"""One spelling for what can be spelled in several ways, so that a rule says it once."""

import unicodedata

# Traditional characters of the trade, as their simplified twins.
TRADITIONAL = (
    "閱讀訂廣評論關轉載贊發佈報導記編輯來圖攝網點擊臺進級頻獲將為錯誤聯絡連結條標籤類續後頁頂獨"
    "資費說與這個無請輸電郵從見題節時間號員歡專業務權圍證實應該執錄選單檢視達優質動態傳設備區機"
    "構體際經濟陸會議長門開閉鎖鏈讓賺錢幫師護討參訊簡場東書聞鐘責熱內雜誌鮮買項寫隨們顧啟註冊"
)
SIMPLIFIED = (
    "阅读订广评论关转载赞发布报导记编辑来图摄网点击台进级频获将为错误联络连结条标签类续后页顶独"
    "资费说与这个无请输电邮从见题节时间号员欢专业务权围证实应该执录选单检视达优质动态传设备区机"
    "构体际经济陆会议长门开闭锁链让赚钱帮师护讨参讯简场东书闻钟责热内杂志鲜买项写随们顾启注册"
)

ONE_FOR_ANOTHER = {
    "\u2018\u2019\u201a\u201b\u2032\u02bc\u05f3": "'" * 7,
    "\u201c\u201d\u201e\u201f\u2033\u05f4": '"' * 6,
    "\u05be": "-",
    "\u0130\u0131": "Ii",  # Turkish: the capital of the one is written as the other's
    "ёЁ": "еЕ",
    "άέήίόύώΆΈΉΊΌΎΏΐΰ": "αεηιουωΑΕΗΙΟΥΩϊϋ",  # capitals are written without
    "أإآىيك": "اااییک",
    TRADITIONAL: SIMPLIFIED,
}
LEFT_OUT = (
    *map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u0640"),  # invisible, or there for looks
    *range(0x0591, 0x05BE),  # Hebrew points
    *range(0x05BF, 0x05C8),
    *range(0x064B, 0x0660),  # Arabic vowel signs
)
SPELLING: dict[int, str | None] = {
    **{ord(one): other for ones, others in ONE_FOR_ANOTHER.items() for one, other in zip(ones, others, strict=True)},
    **dict.fromkeys(LEFT_OUT),
}


def unify_spelling(text: str) -> str:
    """Return `text` in NFKC with straight quotes, without what is invisible, and with one letter for those that vary.

    Case and white space stay. Few texts change their length.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(SPELLING)
