"""Honest services of many kinds pass: no false alarm."""

from __future__ import annotations
