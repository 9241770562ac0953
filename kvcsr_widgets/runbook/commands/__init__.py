"""A step of the workbook as text for the other tools, filled with its values, to be copied::

    for command in commands(ShowOperation("web"), "https://contoso.vault.azure.net"):
        print(command.tool.value, command.text, *command.notes)

Every value is quoted for the tool (``runbook.quoting``). No text holds a password: it asks.
"""

from __future__ import annotations

from dataclasses import replace

from kvcsr_widgets.errors import PlanError
from kvcsr_widgets.pki.plan import name_problems
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.commands.command import Command, Tool
from kvcsr_widgets.runbook.commands.place import Place
from kvcsr_widgets.vault.contacts import contact_problems

__all__ = ["Command", "Tool", "commands", "steps"]

_IN_PROCESS = (
    "The practice vault of this notebook answers in here alone. Other tools reach one that "
    "“kvcsr vault serve” serves, and your real vault."
)


def commands(step: steps.Step, vault_url: str) -> tuple[Command, ...]:
    """The step in every tool, in the order of ``Tool``.

    Raises PlanError for a plan or a name that no vault takes, InputError for an issuer's or a
    contact's text that no command line holds, AddressError for a URL that is no vault's.
    """
    from kvcsr_widgets.runbook.commands import cli, powershell, python, shells

    _check(step)
    place = Place.of(vault_url)
    made = cli.script(step, place)
    shell = {Tool.CLI_BASH: shells.in_bash, Tool.CLI_POWERSHELL: shells.in_powershell}
    found = (
        powershell.command(step, place),
        *(Command(tool, write(made.statements), made.notes) for tool, write in shell.items()),
        python.command(step, place),
    )
    return tuple(_about(command, step, place) for command in found)


def _check(step: steps.Step) -> None:
    match step:
        case steps.Create(plan) | steps.NewVersion(plan):
            problems = plan.problems()
        case steps.SetIssuer(issuer):
            problems = issuer.problems(known=issuer)  # the password is none of the text's business
        case steps.SetContacts(contacts):
            problems = contact_problems(contacts)
        case _:
            name = getattr(step, "name", None)
            problems = () if name is None else tuple(name_problems(name))
    if problems:
        raise PlanError(problems)


def _about(command: Command, step: steps.Step, place: Place) -> Command:
    """The command with what is so for every step in a vault at this place."""
    if place.is_in_process:
        return replace(command, warnings=(_IN_PROCESS, *command.warnings))
    if isinstance(step, steps.SignIn) or command.tool is Tool.PYTHON:
        return command
    if not place.cloud:
        unknown = f"The tool must be set to a cloud whose vaults are at {place.domain}."
        return replace(command, notes=(*command.notes, unknown))
    if place.authority:
        set_to = (
            f"Connect-AzAccount -Environment {place.cloud}"
            if command.tool is Tool.POWERSHELL
            else f"az cloud set --name {place.cloud}"
        )
        return replace(command, notes=(*command.notes, f"This cloud needs, once: {set_to}."))
    return command
