"""Advice under version 1: what would change a score, what fades, what is exposed, where else one could work.

Every function here is pure over (answers, version): integers and tables only, the same bytes each time. None
of it changes a score.
"""
