"""Finds the few people whose names nobody else may seem to have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                fields=["id"],
                condition=models.Q(is_staff=True) | models.Q(is_superuser=True),
                name="user_staff",
            ),
        ),
    ]
