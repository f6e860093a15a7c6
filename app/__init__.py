"""Creditgate says, while an order is being typed, whether it can ship.

Read first credit/judgement.py (what is decided, by the rules in credit/rules.py), then
desk/checks.py (what is done), then api/routes/checks.py (how it is asked).
"""

__version__ = "0.1.0"
