from django.db import migrations, models

import tasks_app.models.ids


def give_ids(apps, schema_editor):
    """A default would be made once and be the same for all rows."""
    tokens = apps.get_model("tasks_app", "ApiToken").objects.using(schema_editor.connection.alias)
    for token in tokens.order_by("created").iterator():
        tokens.filter(pk=token.pk).update(new_id=tasks_app.models.ids.uuid7())


class Migration(migrations.Migration):

    dependencies = [
        ("tasks_app", "0004_the_log_of_a_run"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={"verbose_name": "API token"},
        ),
        migrations.AddField(
            model_name="apitoken",
            name="dialect",
            field=models.CharField(
                blank=True,
                choices=[("001", "document 001"), ("004", "document 004")],
                default="",
                max_length=3,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="new_id",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop, elidable=True),
        # Before it is the key: on the way back PostgreSQL refuses to do both at once.
        migrations.AlterField(
            model_name="apitoken",
            name="new_id",
            field=models.UUIDField(editable=False),
        ),
        # In this order, and by another name at first: PostgreSQL has room for one key only, and
        # without any Django believes in a number called `id`.
        migrations.AlterField(
            model_name="apitoken",
            name="digest",
            field=models.CharField(editable=False, max_length=128, unique=True),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="new_id",
            field=models.UUIDField(
                default=tasks_app.models.ids.uuid7,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.RenameField(model_name="apitoken", old_name="new_id", new_name="id"),
    ]
