"""The form of a new token."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from tasks_app.models import ApiToken
from tasks_app.models.validators import validate_text
from tasks_app.services.tokens import LONGEST, SHORTEST


class TokenForm(forms.ModelForm):
    """What is asked for; the service makes it."""

    days = forms.IntegerField(
        min_value=SHORTEST.days,
        max_value=LONGEST.days,
        initial=365,
        widget=UnfoldAdminTextInputWidget,
        label="Lasts (days)",
        help_text=f"From {SHORTEST.days} to {LONGEST.days}. It can be revoked at any time.",
    )

    class Meta:
        model = ApiToken
        fields = ["name", "dialect", "user"]
        labels = {"dialect": "Answers as"}
        help_texts = {
            "name": "What it is for, so that you know which one to revoke.",
            "dialect": "The document whose clients use it; empty: Belfry's own words and fields.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Absent where a token is only shown.
        if name := self.fields.get("name"):
            name.required = True
            name.validators.append(validate_text)
