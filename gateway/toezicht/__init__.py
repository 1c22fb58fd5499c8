"""The work of an FG: his 23 questions over the partijen under his toezicht, and what he does with answers.

Every answer is made of rows that were held to their stamps, of facts that were opened, or of lines of the
account, and says how large the account was when it was made. It reads a bounded part of a period and says
where to go on. It may not write anything but what the FG himself does: that he looked at a person and why,
what he sampled and thinks of it, up to where he checked the account.
"""
