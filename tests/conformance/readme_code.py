"""The adapters that integrations/README.md shows, as modules: what readers copy is what runs."""

import re
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["adapter"]

README = Path(__file__).parents[2] / "integrations" / "README.md"


def adapter(name: str) -> ModuleType:
    """The code block that begins with `# <name>.py`."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    code = next(block for block in blocks if block.startswith(f"# {name}.py\n"))
    # Frameworks look up a function's module by its name.
    module = sys.modules[name] = ModuleType(name)
    exec(compile(code, f"{README.name}: {name}", "exec"), module.__dict__)
    return module
