"""The check that an inline import names its reason."""

from tools.check_inline_imports import main

EXEMPTION = "noqa: PLC0415"  # apart, or the check would find this very file


def write(folder, line):
    (folder / "module.py").write_text(f"def f():\n    {line}\n")


def test_exemption_without_reason_is_refused(tmp_path, capsys):
    write(tmp_path, "import json  # " + EXEMPTION)
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        f"{tmp_path}/module.py:2: write `# noqa: PLC0415 -- reason`\n"
    )


def test_exemption_with_reason_passes(tmp_path, capsys):
    write(tmp_path, "import json  # noqa: F401, PLC0415 -- only needed at the end")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
