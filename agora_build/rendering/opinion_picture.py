"""Turns opinions into a picture."""
