"""The classic faults of services that give away a record, by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.app import service_caches as caches
from tests.app import service_finds as finds
from tests.app.service_finds import Find

FAULTS: dict[str, Callable[[], Find]] = {
    "ignores the key": lambda: finds.ignore_key,
    "first page": lambda: finds.list_first_page,
    "page of the key": lambda: finds.list_page_of_key,
    "answers unknown keys": lambda: finds.answer_unknown,
    "answers long keys": lambda: finds.answer_long,
    "splits the key": lambda: finds.split_key,
    "fuzzy search": lambda: finds.search_fuzzily,
    "searches the beginning": lambda: finds.search_beginning,
    "searches the end": lambda: finds.search_end,
    "first of many": lambda: finds.take_first_hit,
    "nearest key": lambda: finds.find_nearest,
    "wildcards": lambda: finds.match_pattern,
    "SQL wildcards": lambda: finds.match_like,
    "regular expressions": lambda: finds.match_expression,
    "folds case": lambda: finds.fold_case,
    "folds case and width": lambda: finds.fold_fully,
    "drops accents": lambda: finds.drop_accents,
    "trims": lambda: finds.trim_key,
    "trims the end": lambda: finds.trim_end,
    "reads numbers": lambda: finds.read_number,
    "drops tags of addresses": lambda: finds.drop_tags,
    "answers blanks": lambda: finds.answer_nothing,
    "cuts the key": lambda: finds.cut_key,
    "echoes the e-mail address": lambda: finds.echo_email,
    "echoes what was searched": lambda: finds.echo_search,
    "off by one": lambda: finds.find_next,
    "next in order": lambda: finds.find_place,
    "mixes tenants": lambda: finds.mix_tenants,
    "mixes all tenants": lambda: finds.mix_all_tenants,
    "caches the last answer": caches.Cache,
    "caches the second answer": caches.LateCache,
    "answers as before": caches.LastAnswer,
    "caches by case": caches.KeptByCase,
    "caches by the beginning": caches.KeptByBeginning,
}
