"""The decision: who must agree, what is needed, and what therefore leaves. Pure: no clock, no I/O, no log.

`decide` answers one request step by step. `signers` says who must agree, `rules` and `verdict` what their
statements amount to, `wettelijk` and `afwegen` what goes without toestemming, `velden` and `minimise` which
fields leave. `agenda` says on which days ahead an answer can change. Policy comes in as data: `beleid`,
`convenant`, `regio`, `grenzen` and `kennisgeving`. Beside it, and asked by nothing yet: `stromen` holds the
rules of a flow as data, `stroomoordeel` says what they make of one.

It may read nothing but its arguments: a decision that looks something up could not be taken again. Only this
package builds a `Releasable`, and every rule denies unless something permits.
"""
