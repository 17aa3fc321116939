"""The free words of BCF files in the user's language: those that we offer are shown in it, and written in English, as
other programs have them. Words that others made up stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from twin.text import language

KINDS = {"Issue": "问题", "Clash": "碰撞", "Error": "错误", "Request": "请求", "Remark": "备注"}
STATUSES = {"Open": "未解决", "In progress": "处理中", "Done": "已处理", "Closed": "已关闭"}
PRIORITIES = {"": "", "Low": "低", "Normal": "一般", "High": "高", "Critical": "紧急"}
CHINESE = {**KINDS, **STATUSES, **PRIORITIES}


def shown(word: str) -> str:
    """What stands for a word of a file."""
    return CHINESE.get(word, word) if language() == "zh" else word


def written(text: str, own: Iterable[str] = ()) -> str:
    """What the file says for a text that is shown, or was typed. `own`: words of the file, which stay as they are."""
    return text if text in own else next((word for word, chinese in CHINESE.items() if text == chinese), text)
