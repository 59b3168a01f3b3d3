"""Figures behind the dashboards: each a fixed number of queries, made of what was filed."""
