"""The commands that ask or change a running system, thin over its HTTP interface."""
