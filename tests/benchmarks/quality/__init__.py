"""What enrichment is worth, measured on data from outside: one module a measure."""
