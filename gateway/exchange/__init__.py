"""One exchange, from the bytes a school sends to the bytes a recipient gets.

    POST /v1/uitwisselingen ─► accept.py     1 receive  2 translate  3 decide  4 minimise  5 record ─► 202
    POST …/_proef           ─► preview.py    1          2            3         4                     ─► 200
    POST …/_neem            ─► hand_over.py                          3         4           5  release ─► 200

Start with those three: each tells its way from top to bottom. `deciding` and `sealing` are what they share,
`intake` is step 2, `release` is the only way out. Only the hand-over may open what is sealed, and only
against an intent on record does anything leave. What befalls a levering later is in gateway/follow_up.
"""
