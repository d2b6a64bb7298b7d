"""The schema and its two readers. They need no login and fetch nothing from outside."""

import json
from typing import Any

from drf_spectacular import views


class Schema(views.SpectacularAPIView):
    authentication_classes = []


class Swagger(views.SpectacularSwaggerView):
    authentication_classes = []

    def _dump(self, data: Any) -> str:
        """Without the badge that shows the schema to a validator on the internet."""
        return json.dumps(data | {"validatorUrl": None} if isinstance(data, dict) else data)


class Redoc(views.SpectacularRedocView):
    authentication_classes = []
