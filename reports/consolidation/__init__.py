"""The consolidated report: from accepted copies to the Government's desk.

`building.consolidate(period)` reads accepted copies into the structure of `structure.py`; `texts` holds what
coordinators write in it; `finalising` freezes and sends it; `differences` and `tracing` explain it; `verification`
recognises it.
"""
