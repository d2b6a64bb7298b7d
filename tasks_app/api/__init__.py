"""The door for programs: REST under `/api/v1/`. It parses, asks one service and answers."""
