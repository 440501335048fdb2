"""Polling: which source is due, what it brought, how it is, and when it is due again.

    Poller > Schedule.claim > Visitor: fetch > parse > page > desk > settle > Schedule.finish
                  ^                                                               |
                  `------------- the lease ends, or it is due again --------------'

Any number of processes share one schedule: a source is polled under a lease by one of them.
"""
