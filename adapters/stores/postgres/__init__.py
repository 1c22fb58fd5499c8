"""The store on PostgreSQL, for any number of gateways and workers at the same time."""
