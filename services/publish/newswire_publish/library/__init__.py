"""The library: every published article, its versions, and the feeds that it is in.

    {pN}:enriched > stage publish > publish.lua > document, feeds, event
                                    release.lua > what an embargo held back is shown
                                    retire.lua  > what is past the retention goes
    Library       < feeds, articles, webhooks

The scripts are the only writers; `newswire_publish.library.library` reads.
"""
