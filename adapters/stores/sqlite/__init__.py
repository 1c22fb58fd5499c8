"""The store in one SQLite file, for one gateway.

`store` fits the storage port; `group` lets requests that wait at the same moment share one transaction and
one fsync, `transaction` holds its statements. Tools may read and write beside the gateway, but only one
gateway has the file: `file` sees to that with a lock.
"""
