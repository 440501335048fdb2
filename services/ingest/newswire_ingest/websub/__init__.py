"""WebSub: hubs bring what is new, so that their sources need be polled but now and then.

    a poll's answer > hub and topic > Ledger
                                        |   due                    a hub
    Subscriber: claim > step > save > POST ------------------------> |
    Callbacks:  GET  intent: asked for?  > save > challenge <--------|
                POST content: signature? > Intake > desk    <--------'
                                                            > note: trusted, until the lease ends

The subscriber of W3C WebSub (https://www.w3.org/TR/websub/). What a source has with its hubs is one
record beside it in Redis, written by compare-and-set; each change says in the same step when the
source is next to be looked at, so a process may be killed between any two lines.

A hub is trusted, and its source polled slowly, for as long as it has promised and no poll finds
what it should have brought.
"""
