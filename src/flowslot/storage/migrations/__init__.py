"""The released steps of the schema, one file each; never edited afterwards."""
