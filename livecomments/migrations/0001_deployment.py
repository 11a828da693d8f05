"""A mark of this database, which its Redis carries as well (livecomments/checks/deployment.py).

No model: the row is made here, once, and only read afterwards. A dump takes it along.
"""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.RunSQL(
            sql=[
                "CREATE TABLE livecomments_deployment (id uuid PRIMARY KEY)",
                "INSERT INTO livecomments_deployment (id) VALUES (gen_random_uuid())",
            ],
            reverse_sql="DROP TABLE livecomments_deployment",
        )
    ]
