"""From releases, tables, folders and the Hub to the one schema, bad rows set aside."""
