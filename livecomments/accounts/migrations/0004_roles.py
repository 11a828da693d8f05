from typing import Any

from django.db import migrations

# What each role may do, in every stream. Whoever rules a stream has its pages without any of this.
MODERATION = (
    "comments.view_comment",
    "comments.change_comment",
    "comments.view_hold",
    "comments.change_hold",
    "comments.view_report",
    "comments.change_report",
    "comments.view_appeal",
    "comments.change_appeal",
    "comments.view_ruleversion",
    "comments.add_ruleversion",
    "streams.view_stream",
    "streams.change_stream",
    "streams.view_sanction",
    "streams.add_sanction",
    "streams.change_sanction",
    "streams.view_auditentry",
    "reactions.view_reactiontotal",
    "accounts.view_user",
    "accounts.view_suspension",
    "accounts.view_usernote",
    "accounts.add_usernote",
)
ADMINISTRATION = (
    "streams.add_stream",
    "accounts.add_user",
    "accounts.change_user",
    "accounts.add_suspension",
    "accounts.view_apitoken",
    "accounts.add_apitoken",
    "accounts.change_apitoken",
)
OPERATION = (
    "streams.view_setasideevent",
    "streams.view_archivecursor",
)
ROLES = {
    "Managing moderators": MODERATION,
    "Administrators": MODERATION + ADMINISTRATION,
    "Operators": OPERATION,
}


def make_roles(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    content_types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias)

    def permission(name: str) -> Any:
        # Django makes permissions after all migrations; what is here by then it leaves alone.
        app, _, codename = name.partition(".")
        verb, _, model = codename.partition("_")
        content_type, _ = content_types.get_or_create(app_label=app, model=model)
        found, _ = permissions.get_or_create(
            content_type=content_type,
            codename=codename,
            defaults={"name": f"Can {verb} {model}"},
        )
        return found

    for role, names in ROLES.items():
        group, _ = groups.get_or_create(name=role)
        group.permissions.add(*(permission(name) for name in names))


def forget_roles(apps: Any, schema_editor: Any) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_suspensions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, forget_roles)]
