"""What we tell others: mails to the departments, webhooks to other systems.

Facts are written by the desk in the transaction of the change. A worker makes out a delivery for
each who is to hear of it, words it and sends it, outside any transaction and as often as it takes.
"""
