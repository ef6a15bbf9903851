"""Witnesses: who cosigns a checkpoint, how they are asked, and a small witness of our own."""
