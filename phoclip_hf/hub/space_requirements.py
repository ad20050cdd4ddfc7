"""The requirements of a Space: ranges in, exact versions out, and a check that they suffice."""

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


class RequirementsError(ValueError):
    """What a Space asks for is not what is installed here, or not all that it imports."""


def pin(lines: Iterable[str]) -> list[str]:
    """Requirement lines with each range replaced by the version installed here.

    Options (`--extra-index-url …`), comments and empty lines stay. A local version such as
    `2.9.0+cpu` is pinned as 2.9.0, which every index has.

    Raises:
        RequirementsError: a package is missing here, outside its range, or named by a path or URL.
    """
    pinned, wrong = [], []
    for line in lines:
        if not line.strip() or line.startswith(("-", "#")):
            pinned.append(line)
            continue
        requirement = parse(line)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            version = Version(distribution(requirement.name).version)
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} {version} is outside {requirement.specifier}")
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        pinned.append(f"{requirement.name}{extras}=={version.public}")
    if wrong:
        raise RequirementsError(
            f"{'; '.join(wrong)}. Expected the versions here to be those that the Space will run "
            "with: pip install -r its requirements.txt, and try it before you deploy it."
        )
    return pinned


def parse(line: str) -> Requirement:
    """One line as a requirement on an index; RequirementsError for a path, a URL or a typo."""
    try:
        requirement = Requirement(line.partition(" #")[0].strip())
    except InvalidRequirement as error:
        raise RequirementsError(f"{line!r} is no requirement: expected name>=version.") from error
    if requirement.url:
        raise RequirementsError(f"{line!r} names an address: expected a package of an index.")
    return requirement


def named(lines: Iterable[str]) -> set[str]:
    """Canonical names of the packages that requirement lines ask for."""
    asked = (line for line in lines if line.strip() and not line.startswith(("-", "#")))
    return {canonicalize_name(parse(line).name) for line in asked}


def unmet_imports(folder: Path, app_file: str, lines: Iterable[str]) -> list[str]:
    """`file: module` of each import that neither the folder nor the requirements can satisfy.

    Follows the imports of `app_file` through the modules in `folder`, without running them. What
    stands inside `try`, and what follows one that returns where its import fails, is optional. A
    package counts when a requirement needs it in its turn.
    """
    promised = _closure(lines)
    providers = packages_distributions()
    waiting, seen, unmet = [folder / app_file], set(), []
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for module in _imports(path, folder):
            top = module.split(".")[0]
            if own := _own_files(folder, module):
                waiting += own
            elif top not in sys.stdlib_module_names:
                names = {canonicalize_name(name) for name in providers.get(top, ())}
                if not names & promised:
                    unmet.append(f"{path.relative_to(folder).as_posix()}: {module}")
    return sorted(unmet)


def _closure(lines: Iterable[str]) -> set[str]:
    """Canonical names of everything that pip would install for these lines, as installed here."""
    waiting = [parse(line) for line in lines if line.strip() and not line.startswith(("-", "#"))]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            name = canonicalize_name(requirement.name)
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                needs = distribution(name).requires or []
            except PackageNotFoundError:
                continue  # a platform's package that is not needed here
            for need in map(Requirement, needs):
                if need.marker is None or need.marker.evaluate({"extra": extra}):
                    waiting.append(need)
    return {name for name, _ in seen}


def _imports(path: Path, folder: Path) -> Iterator[str]:
    """Absolute names of what a file imports outside `try`; `a.b.c` for `from a.b import c`."""
    package = path.relative_to(folder).parent.parts
    try:
        waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    except SyntaxError as error:
        raise RequirementsError(f"{path.relative_to(folder)} is no Python: {error}") from error
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            parts = [*base, *([node.module] if node.module else [])]
            yield from (".".join([*parts, alias.name]) for alias in node.names)
        elif not isinstance(node, ast.Try):
            waiting.extend(_certain(node))


def _certain(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in a node, up to a `try` that returns where an import fails."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.Try) and any(
            isinstance(handler.body[-1], ast.Return) for handler in child.handlers
        ):
            return


def _own_files(folder: Path, module: str) -> list[Path]:
    """The files in `folder` that importing a module runs: its packages' doors, then itself."""
    files, place = [], folder
    for part in module.split("."):
        if (place / f"{part}.py").is_file():
            return [*files, place / f"{part}.py"]
        place = place / part
        if not (place / "__init__.py").is_file():
            break
        files.append(place / "__init__.py")
    return files
