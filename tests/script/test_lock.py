"""script/lock, cut short."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
from typing import Final

ROOT: Final = Path(__file__).parents[2]

UV: Final = """\
#!/bin/sh
for last; do :; done
[ "$1" != venv ] || { mkdir -p "$last/bin" && printf '#!/bin/sh\\nexit 1\\n' >"$last/bin/python"; }
chmod +x "$last/bin/python" 2>/dev/null || true
"""
"""Makes environments whose Python cannot read a manifest."""


def test_what_is_asked_for_stays_when_it_cannot_be_made_anew(tmp_path: Path) -> None:
    (tmp_path / "script" / "bootstrap").mkdir(parents=True)
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "script" / "lock", tmp_path / "script" / "lock")
    shutil.copy(ROOT / "requirements" / "overrides.txt", tmp_path / "requirements" / "overrides.txt")
    for name, text in (("uv", UV), ("python", "#!/bin/sh\necho python3\n")):
        (tmp_path / "script" / "bootstrap" / name).write_text(text, encoding="utf-8")
        (tmp_path / "script" / "bootstrap" / name).chmod(0o755)
    asked = tmp_path / "requirements" / "test.in"
    asked.write_text("one==1\n", encoding="utf-8")

    done = subprocess.run(["script/lock"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert asked.read_text(encoding="utf-8") == "one==1\n"
