"""The documents tell the truth: what they name is there, what they list is what the code has."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from typer.main import get_command

from newswire_common.settings import Settings
from newswire_common.streams import TOPOLOGY

ROOT = Path(__file__).parents[1]
# Made, not written: environments, caches, the data of a running system.
NOT_OURS = {".git", ".venv", ".uv", "__pycache__", "newswire-data", "dist", ".hypothesis"}
LOCK = ROOT / "uv.lock"  # has to say where each package came from
# Written apart, so that this file does not name them.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
        ("deb", "debian", "org"), ("docker", "io"), ("ghcr", "io"), ("quay", "io"),
    )
)  # fmt: skip
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.:}/-])/(?:home|root|work|Users|workspace|mnt)/\w")
FENCED = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED_DOCUMENT = re.compile(r"\bdocs/[\w./-]+\.md\b")


@cache
def texts() -> dict[Path, str]:
    """Every text file of ours, by path."""
    found = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [n for n in folders if n not in NOT_OURS and not n.endswith("_cache")]
        for path in (Path(folder, name) for name in names):
            try:
                found[path] = path.read_text()
            except (UnicodeDecodeError, FileNotFoundError):
                continue
    return found


def documents() -> list[Path]:
    return sorted(path for path in texts() if path.suffix == ".md")


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next one of its level."""
    return (ROOT / document).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is for the machine that installs them to say."""
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path, text in texts().items() if path != LOCK
        for host in REGISTRIES if host in text
    ]  # fmt: skip
    assert named == []


def test_no_file_speaks_of_a_folder_outside() -> None:
    """A path of one machine is of no use on another."""
    named = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts().items()
        for match in SOMEBODYS_FOLDER.finditer(text)
    ]
    assert named == []


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    """A file that was moved takes its links along."""
    links = LINK.findall(texts()[path])
    inside = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in inside if not (path.parent / link).exists()] == []


def test_every_document_that_the_code_names_is_there() -> None:
    """A comment that sends its reader to a decision does not send them into the void."""
    named = {
        name
        for path, text in texts().items() if path.suffix in {".py", ".lua", ".yml"}
        for name in NAMED_DOCUMENT.findall(text)
    }  # fmt: skip
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_command_that_a_newcomer_is_told_exists(document: str) -> None:
    """The first thing that somebody types works."""
    known = {"test", *get_command(import_module("newswire_local.cli").app).commands}
    blocks = "".join(FENCED.findall((ROOT / document).read_text()))
    told = set(re.findall(r"^(?:\./run|uv run newswire) (\S+)", blocks, re.MULTILINE))
    assert told
    assert told - known == set()
    assert os.access(ROOT / "run", os.X_OK)


def test_the_architecture_lists_the_topology() -> None:
    """Which stream is written and read by whom is one table, told twice and the same."""
    told = [
        (
            name,
            writer,
            tuple(group for group in groups.split(", ") if group != "none"),
            bodies == "yes",
        )
        for name, writer, groups, bodies, _ in rows(section("ARCHITECTURE.md", "Topology"))
    ]
    assert told == [tuple(stream) for stream in TOPOLOGY]


def documented_settings() -> dict[str, tuple[str, str]]:
    """Default and meaning of each setting, as the table tells them."""
    return {
        name.strip("`").removeprefix("NEWSWIRE_").lower(): (default, meaning)
        for name, default, meaning in rows((ROOT / "docs/settings.md").read_text())
    }


def test_every_setting_is_documented_with_its_default() -> None:
    """An operator finds each option in one table, and no option that is gone."""
    told = {name: default for name, (default, _) in documented_settings().items()}
    assert told == {name: shown(field) for name, field in Settings.model_fields.items()}


def test_a_setting_that_does_nothing_yet_says_so() -> None:
    """Nobody relies on an option that no code reads."""
    code = "".join(text for path, text in texts().items() if path.suffix == ".py")
    unread = {name for name in Settings.model_fields if not re.search(rf"\.{name}\b", code)}
    told = {n for n, (_, meaning) in documented_settings().items() if "not read yet" in meaning}
    assert told == unread


def shown(field: FieldInfo) -> str:
    """A default as the table writes it."""
    if field.is_required():
        return "required"
    if field.default in (None, "", ()):
        return "none"
    return str(field.default).lower()


# Released in step with the other and reached through it.
PART_OF = {"starlette": "fastapi", "pydantic-core": "pydantic"}
MEMBERS = [path.parent for path in sorted(ROOT.glob("*/*/pyproject.toml"))]


def imported(package: Path) -> set[str]:
    """The top-level names that a package imports, its own and the standard library's aside."""
    names: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - {package.name} - sys.stdlib_module_names


@cache
def installers() -> Mapping[str, list[str]]:
    """Distributions by the modules that they install."""
    return packages_distributions()


def distributions(module: str) -> set[str]:
    """What installs a module: of a namespace several, as Python's package index spells them."""
    found = installers().get(module, [module])
    names = {name.lower().replace("_", "-") for name in found}
    return {PART_OF.get(name, name) for name in names}


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: m.name)
def test_a_member_declares_what_it_imports(member: Path) -> None:
    """No import works only because a sibling, or a dependency's dependency, installs it."""
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    extras = chain.from_iterable(project.get("optional-dependencies", {}).values())
    declared = {
        re.split(r"[^\w-]", requirement)[0].replace("_", "-")
        for requirement in (*project["dependencies"], *extras)
    }
    package = member / project["name"].replace("-", "_")
    undeclared = [name for name in imported(package) if not distributions(name) & declared]
    assert undeclared == []


def test_the_licence_is_in_every_package() -> None:
    """Each member says under which terms it comes."""
    assert (ROOT / "LICENSE").read_text().count("The Newswire authors") == 1
    terms = {member.name: (member / "pyproject.toml").read_text() for member in MEMBERS}
    assert [name for name, text in terms.items() if 'license = "Apache-2.0"' not in text] == []
