"""Make both API clients out of the functions in `scute_auth.client.groups`.

`python -m tools.make_clients` writes them, with `--check` it only says whether they are up to
date. Each function there becomes a method of the same name, signature and docstring, and one that
answers a page becomes an iteration over all pages too.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import TypeGuard

from scute_auth.api import ROWS
from scute_auth.api.row import Row

__all__ = ["KINDS", "Function", "Kind", "main", "source"]

CLIENT = Path(__file__).parent.parent / "src" / "scute_auth" / "client"
GROUPS = CLIENT / "groups"
REFERENCE = "docs.scute.io/api-reference"


@dataclass(frozen=True)
class Kind:
    """How one of the two clients is written."""

    file: str
    purpose: str
    prefix: str
    define: str
    send: str
    iterator: str
    each: str

    @property
    def path(self) -> Path:
        return CLIENT / self.file


KINDS = (
    Kind("blocking_groups.py", "calls that block", "", "def", "self._send", "Iterator", "each"),
    Kind(
        *("awaiting_groups.py", "calls that are awaited", "Async", "async def"),
        *("await self._send", "AsyncIterator", "each_async"),
    ),
)


@dataclass(frozen=True)
class Function:
    """One function of a group."""

    group: str
    node: ast.FunctionDef

    @property
    def row(self) -> Row:
        return ROWS[f"{self.group}.{self.node.name}"]

    @property
    def result(self) -> str:
        """What stands in the brackets of `Request[...]`."""
        match self.node.returns:
            case ast.Subscript(value=ast.Name(id="Request"), slice=found):
                return ast.unparse(found)
            case _:
                raise SystemExit(f"{self.group}.{self.node.name} does not return a Request[...]")

    @property
    def item(self) -> str | None:
        """What the pages are of, where it answers pages."""
        is_page = self.result.startswith("Page[")
        return self.result.removeprefix("Page[").removesuffix("]") if is_page else None

    def docstring(self) -> str:
        row, text = self.row, ast.get_docstring(self.node) or ""
        told = f"{text}\n\n`{row.method} {row.path}`"
        if row.page:
            told += f", see\n{REFERENCE}/{row.page}"
        if row.is_experimental:
            told += (
                "\n\nExperimental: path and credentials are inferred. The client's `paths` and"
                "\n`credentials` correct them."
            )
        return told if "\n" not in told else f"{told}\n"

    def signature(self, *, without: str = "") -> str:
        arguments = deepcopy(self.node.args)
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        kept = [(name, default) for name, default in pairs if name.arg != without]
        arguments.args.insert(0, ast.arg("self"))
        arguments.kwonlyargs = [name for name, _ in kept] + [_TIMEOUT]
        arguments.kw_defaults = [default for _, default in kept] + [ast.Constant(None)]
        return ast.unparse(arguments)

    def passed_on(self, *, but: str = "") -> str:
        """The arguments of a call that hands on what the method was given."""
        named = [each.arg for each in self.node.args.kwonlyargs if each.arg != but]
        return ", ".join(
            [*(each.arg for each in self.node.args.args), *(f"{name}={name}" for name in named)]
        )

    def names(self) -> set[str]:
        """The names that its signature needs."""
        needed = [self.node.returns, *ast.walk(self.node.args)]
        return {each.id for part in needed if part for each in ast.walk(part) if _is_name(each)}


_TIMEOUT = ast.arg("timeout", ast.parse("float | None", mode="eval").body)


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def main(arguments: Sequence[str]) -> int:
    """Write the clients, or say which are not as their functions are."""
    stale = [kind for kind in KINDS if _formatted(source(kind)) != _there(kind.path)]
    for kind in stale:
        if "--check" in arguments:
            print(f"{kind.path.name} is not up to date: run `make format`", file=sys.stderr)
        else:
            kind.path.write_text(_formatted(source(kind)), "utf-8")
    return int("--check" in arguments and bool(stale))


def source(kind: Kind) -> str:
    """The module of one client, not formatted yet."""
    trees = {file.stem: ast.parse(file.read_text("utf-8")) for file in _modules()}
    groups = {name: list(_functions(name, tree)) for name, tree in trees.items()}
    classes = [_class(kind, name, trees[name], groups[name]) for name in trees]
    return "\n\n".join([_head(kind, trees, groups), *classes, _all_groups(kind, list(trees))])


def _modules() -> list[Path]:
    return sorted(file for file in GROUPS.glob("*.py") if not file.stem.startswith("_"))


def _functions(group: str, tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield Function(group, node)


def _head(kind: Kind, trees: dict[str, ast.Module], groups: dict[str, list[Function]]) -> str:
    needed = {name for each in groups.values() for function in each for name in function.names()}
    imports = {f"from collections.abc import {kind.iterator}"}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                names = (alias.name for alias in node.names if alias.name in needed)
                imports |= {f"from {node.module} import {name}" for name in names}
    imports -= {"from scute_auth.client.request import Request"}
    classes = [_class_name(kind, name) for name in trees]
    return "\n".join(
        [
            f'"""The API in groups, as {kind.purpose}.\n\nMade by tools/make_clients.py of the',
            'functions in `scute_auth.client.groups`: change those.\n"""',
            *sorted(imports),
            f"from scute_auth.client.calling import {kind.prefix}Calls, {kind.prefix}Send",
            f"from scute_auth.client.paging import {kind.each}",
            f"from scute_auth.client.groups import {', '.join(trees)}",
            f"__all__ = {sorted([f'{kind.prefix}Groups', *classes])}",
        ]
    )


def _class(kind: Kind, name: str, tree: ast.Module, functions: list[Function]) -> str:
    methods = [_method(kind, function) for function in functions]
    methods += [_iteration(kind, function) for function in functions if function.item]
    docstring = ast.get_docstring(tree) or ""
    end = "\n" if "\n" in docstring else ""
    body = "\n\n".join([f'"""{docstring}{end}"""', "__slots__ = ()", *methods])
    return f"class {_class_name(kind, name)}({kind.prefix}Calls):\n{indent(body, '    ')}"


def _class_name(kind: Kind, module: str) -> str:
    return f"{kind.prefix}{''.join(word.title() for word in module.split('_'))}Calls"


def _method(kind: Kind, function: Function) -> str:
    call = f"{function.group}.{function.node.name}({function.passed_on()})"
    return (
        f"{kind.define} {function.node.name}({function.signature()}) -> {function.result}:\n"
        + indent(f'"""{function.docstring()}"""\nreturn {kind.send}({call}, timeout)', "    ")
    )


def _iteration(kind: Kind, function: Function) -> str:
    name = function.node.name
    iterate = "iterate" if name == "list" else f"iterate_{name}"
    call = f"self.{name}({function.passed_on(but='page')}, page=page, timeout=timeout)"
    docstring = f"Iterate over all items of `{name}`; each page is fetched when it is come to."
    result = f"{kind.iterator}[{function.item}]"
    return f"def {iterate}({function.signature(without='page')}) -> {result}:\n" + indent(
        f'"""{docstring}"""\nreturn {kind.each}(lambda page: {call})', "    "
    )


def _all_groups(kind: Kind, names: list[str]) -> str:
    held = [f"self.{name} = {_class_name(kind, name)}(send)" for name in names]
    return "\n".join(
        [
            f"class {kind.prefix}Groups:",
            '    """All groups, each under its name."""\n',
            f"    def __init__(self, send: {kind.prefix}Send) -> None:",
            indent("\n".join(held), "        "),
            "",
        ]
    )


def _there(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _formatted(text: str) -> str:
    for command in (["check", "--fix-only", "--select", "I,RUF022"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", "src/x.py", "-"]
        done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)
        text = done.stdout
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
