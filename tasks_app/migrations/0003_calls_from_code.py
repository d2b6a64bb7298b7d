from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks_app", "0002_schedules_and_their_timers")]

    operations = [
        migrations.AddField(
            model_name="taskexecution",
            name="exception",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="control",
            name="refused_messages",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
    ]
