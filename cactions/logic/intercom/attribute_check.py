"""Holds the attributes of an action against those of the workspace, before anything is sent.

Intercom does not reliably check options, and answers an unknown attribute for each person anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from cactions.logic.suggest import suggest
from cactions.model import Action, Attribute, DefinitionError, is_same


def check_mapping(
    action: Action, known: Mapping[str, Attribute], unknown_types: Collection[str] = ()
) -> Action:
    """The action with the workspace's options. Raises DefinitionError with every misfit.

    An attribute of a data type that is not known here is left to the file's own declaration.
    """
    faults: list[str] = []
    hint = ""
    for name in dict.fromkeys(mapping.attribute.name for mapping in action.response.mapping):
        if name not in known and name not in unknown_types:
            faults.append(f'the workspace has no attribute "{name}"')
            hint = hint or suggest(name, known)
    for mapping in action.response.mapping:
        if found := known.get(mapping.attribute.name):
            faults += _list_misfits(mapping.attribute, found)
    if faults:
        raise DefinitionError(
            f"{action.name}: {'; '.join(dict.fromkeys(faults))}",
            hint=hint or "`cactions attributes pull` takes the workspace's attributes into a file.",
            place=action.place,
        )
    mappings = (
        replace(mapping, attribute=_adopt_options(mapping.attribute, known))
        for mapping in action.response.mapping
    )
    return replace(action, response=replace(action.response, mapping=tuple(mappings)))


def _list_misfits(declared: Attribute, found: Attribute) -> Iterator[str]:
    if found.archived:
        yield f'the attribute "{found.name}" is archived in the workspace'
    if found.api_writable is False:
        yield f'the attribute "{found.name}" cannot be written by the API'
    if declared.data_type is not found.data_type:
        yield (
            f'the attribute "{found.name}" is declared as {declared.data_type.value}, and is'
            f" {found.data_type.value} in the workspace"
        )
    for option in declared.options if found.options else ():
        if not any(is_same(option, known) for known in found.options):
            yield f'"{option}" is no option of the attribute "{found.name}" in the workspace'


def _adopt_options(declared: Attribute, known: Mapping[str, Attribute]) -> Attribute:
    found = known.get(declared.name)
    if found is None or declared.options or not found.options:
        return declared
    return replace(declared, options=found.options)
