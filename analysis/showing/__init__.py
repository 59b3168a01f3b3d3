"""Figures as exhibits: what a page shows of them, as pictures and as tables."""
