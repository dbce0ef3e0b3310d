"""The rules R1–R20 as tables: every case of every rule, on plain values."""
