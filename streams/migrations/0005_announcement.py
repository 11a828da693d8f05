from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("streams", "0004_raid"),
    ]

    operations = [
        migrations.AddField(
            model_name="stream",
            name="announcement",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
