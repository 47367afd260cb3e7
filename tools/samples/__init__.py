"""Invented input for the three workplaces: one module or package each, and how sheets are drawn."""
