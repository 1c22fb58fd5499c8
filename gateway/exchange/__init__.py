"""One exchange, from the bytes a school sends to the bytes a recipient gets.

    POST /v1/uitwisselingen ─► accept.py     1 receive  2 translate  3 decide  4 minimise  5 record ─► 202
    POST …/_proef           ─► preview.py    1          2            3         4                     ─► 200
    POST …/_neem            ─► hand_over.py                          3         4           5  6 deliver ─► 200

Start with those three: each tells its way from top to bottom. `intake` is step 2, `leerling` finds or makes
the leerling, `deciding`, `levering` and `sealing` are what they share, and `release` is the only way out.

Only the hand-over may open what is sealed, and nothing leaves without an intent on record that names these
very bytes. No decision is made here that `consent` did not make. What happens to a levering after it was
accepted is in gateway/follow_up, but for the hand-over itself.
"""
