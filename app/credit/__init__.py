"""The rules: whether an order can ship on credit.

Standard library only. No clock, no input, no output: what is decided depends on the arguments.

The words, with one meaning each (German / Dutch in the project's glossary):

- customer: who orders and is billed.
- credit account: where limit and exposure live; several customers may share one.
- credit limit: the amount up to which goods go out on credit.
- open item: an unpaid invoice, an unused credit note, or a payment on account.
- open order: an order placed, the part of it that is not invoiced yet.
- reservation: credit set aside for an order that passed and is not confirmed; it expires.
- exposure: open-item balance plus open orders plus reservations.
- headroom: limit minus exposure.
- check: one question; its answer is a decision with an outcome: pass, warning or hold.
- rule, mode: one condition of a policy; off, soft (warns) or hard (holds).
- reason: why a rule fired.
- hold: an order stopped by a check. Never to be mixed with a reservation.

Read in this order: money, order, account, policy, exposure, rules, judgement, options, decision.
"""
