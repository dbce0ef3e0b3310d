"""The rules R1–R20: plain functions over frozen values. No I/O, no clock, no id is made here."""
