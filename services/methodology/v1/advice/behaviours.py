"""Items of behaviour in words: what to do and how often. A tick in a questionnaire changes no career."""

from services.methodology.v1 import definition as d

AI_FREQUENCY = ("never", "once, to try it", "every month", "every week", "daily, as standard practice")
LEARNING_FREQUENCY = ("never", "once in three months", "every month", "every week", "several times a week")
PLANNED_HOURS = ("none", "up to one hour", "one to three hours", "three to five hours", "more than five hours")

DOING = {
    "ai.used": "do a real task of your own work with AI",
    "ai.checked": "check what AI gave you against a source or a test before you use it",
    "ai.context": "give AI the context, examples or data of your own that the task needs",
    "ai.workflow": "change how a whole piece of work is done around AI, and keep what proved better",
    "ai.unfit": "decide, and write down why, that a task is unfit for AI or its data too sensitive",
    "ai.built": "build or teach something with AI that others can use again",
    "learning.planned": "set aside time for planned learning",
    "learning.applied": "apply something newly learned at work",
    "learning.feedback": "ask somebody who can judge it for feedback on your work",
    "learning.read": "read primary material of your field",
    "learning.outside": "learn something outside your field",
    "learning.shown": "make something that shows what you learned",
}


def behaviour(item: str, level: int) -> str:
    """What reaching this level of an item means one does, in the last three months."""
    if item == "learning.planned":
        return f"{DOING[item]}: {PLANNED_HOURS[level]} a month"
    frequency = AI_FREQUENCY if item in d.AI_ITEMS else LEARNING_FREQUENCY
    return f"{DOING[item]}: {frequency[level]}"
