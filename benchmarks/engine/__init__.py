"""The parts of the comparison with other generators; see compare.py."""
