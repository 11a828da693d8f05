"""What is generated from the protocol module."""

import pytest
from django.core.management import CommandError, call_command

from livecomments.protocol_export import inspection, tables, typescript


@pytest.fixture
def project(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    return tmp_path


def test_generated_files_are_up_to_date():
    call_command("export_protocol", "--check")


def test_check_fails_on_drift_and_says_what_to_do(project):
    call_command("export_protocol")
    call_command("export_protocol", "--check")
    file = project / "frontend/client/src/protocol.gen.ts"
    file.write_text(file.read_text().replace("4101", "4109"))

    with pytest.raises(CommandError) as caught:
        call_command("export_protocol", "--check")

    assert str(caught.value) == (
        "frontend/client/src/protocol.gen.ts lags behind livecomments/protocol:"
        " run `make protocol`."
    )
    assert "4109" in file.read_text()  # a check writes nothing


def test_tables_leave_alone_what_people_wrote():
    document = "# Ours\n\n<!-- generated: limits -->\nold\n<!-- end -->\n\nMore of ours.\n"

    filled = tables.fill(document)

    assert filled.startswith("# Ours\n")
    assert filled.endswith("More of ours.\n")
    assert "old" not in filled
    assert "| `COMMENT_MAX_GRAPHEMES` | 200 |" in filled
    assert tables.fill(filled) == filled


def test_every_struct_and_union_is_exported():
    source = typescript.source()
    for struct in inspection.structs():
        assert f"export interface {struct.__name__} {{" in source
    for name in inspection.unions():
        assert f"export type {name} =" in source


@pytest.mark.parametrize(
    "expected",
    [
        "export const COMMENT_MAX_GRAPHEMES = 200;",
        'export type Audience = "public" | "staff";',
        "  GOING_AWAY: 4000,",
        "RETRYABLE_CLOSE_CODES: readonly number[] = [4000, 4001, 4002, 4003];",
        '  type: "comment.posted";',
        "  reply?: Quote | null;",
        "  pinned: Comment | null;",
        "  reactions: Record<string, number>;",
        "  items: PersonalItem[];",
        "  held?: Held[];",
    ],
)
def test_typescript_says_what_the_wire_does(expected):
    assert expected in typescript.source()
