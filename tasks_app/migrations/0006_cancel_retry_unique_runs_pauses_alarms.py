import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import tasks_app.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('django_celery_beat', '0019_alter_periodictasks_options'),
        ('tasks_app', '0005_tokens_with_dialect_and_last_use'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.UUIDField(default=tasks_app.models.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('sentence', models.TextField()),
                ('advice', models.TextField(blank=True)),
                ('raised_by', models.CharField(max_length=255)),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alarms',
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.PositiveBigIntegerField(db_default=0, default=0)),
                ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'counters',
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.UUIDField(default=tasks_app.models.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=110, unique=True)),
                ('reason', models.TextField(blank=True)),
                ('user_name', models.CharField(blank=True, max_length=150)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'pauses',
            },
        ),
        # The column goes in a later release: processes of the one before still write it.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterField(
                    model_name='taskexecution',
                    name='published_epoch',
                    field=models.CharField(blank=True, db_default='', max_length=36),
                ),
            ],
            state_operations=[
                migrations.RemoveField(
                    model_name='taskexecution',
                    name='published_epoch',
                ),
            ],
        ),
        migrations.AddField(
            model_name='control',
            name='broker_epoch',
            field=models.CharField(db_default='', default='', max_length=36),
        ),
        migrations.AddField(
            model_name='control',
            name='epoch_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='control',
            name='waiting',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='control',
            name='waiting_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='cancel_grace',
            field=models.PositiveIntegerField(blank=True, help_text="Seconds that a cancelled run has to stop by itself. Empty: the installation's.", null=True, validators=[django.core.validators.MaxValueValidator(86400)]),
        ),
        migrations.AddField(
            model_name='task',
            name='fail_on',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, help_text='Names of the errors that end a run at once.'),
        ),
        migrations.AddField(
            model_name='task',
            name='retry_on',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, help_text='Names of the errors that are tried again. Empty: all.'),
        ),
        migrations.AddField(
            model_name='task',
            name='unique_for',
            field=models.PositiveIntegerField(blank=True, help_text='Also one run at most in each period of so many seconds, counted from 1970.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31536000)]),
        ),
        migrations.AddField(
            model_name='task',
            name='unique_keys',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, help_text='Names of the keyword arguments that are compared. Empty: all arguments.'),
        ),
        migrations.AddField(
            model_name='task',
            name='unique_runs',
            field=models.CharField(blank=True, choices=[('', 'start beside it'), ('refuse', 'refuse the new one'), ('replace', 'take the place of one that waits; refuse while one runs')], db_default='', default='', help_text='What becomes of a new run while one with the same arguments is live.', max_length=7),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='cancel_grace',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='cancel_seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='fail_on',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='period_key',
            field=models.CharField(max_length=80, null=True),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='retry_on',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='taskexecution',
            name='unique_key',
            field=models.CharField(max_length=80, null=True),
        ),
        migrations.AddField(
            model_name='worker',
            name='quiet',
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['-raised_at'], name='alarms_newest'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('kind', 'subject'), name='one_open_alarm_per_subject'),
        ),
        migrations.AddField(
            model_name='pause',
            name='task',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='tasks_app.task'),
        ),
        migrations.AddField(
            model_name='pause',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # The column keeps its name: processes of the release before go on meanwhile.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='task',
                    name='pause_after_failures',
                    field=models.PositiveIntegerField(blank=True, db_column='pause_after_failures', help_text='Failures in a row after which the task is disabled. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)]),
                ),
                migrations.RenameField('task', 'pause_after_failures', 'disable_after_failures'),
            ],
        ),
    ]
