"""Agora turns a folder of Markdown and YAML into the site of a city's consultations."""

__version__ = "0.2.0"
