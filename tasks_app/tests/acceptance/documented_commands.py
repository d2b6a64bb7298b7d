"""Commands of two documents' clients, letter by letter as they print them."""

CREATE_001 = r"""curl -X POST "http://localhost:8000/api/v1/tasks/" \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer $TOKEN" \
  -d '{
    "name": "数据处理任务",
    "task_type": "data_processing",
    "celery_task_name": "app.tasks.common_tasks.long_running_task",
    "args": [60],
    "kwargs": {"param": "value"},
    "priority": 2
  }'"""
CREATE_004 = r"""curl -X POST "http://localhost:8000/api/v1/tasks/" \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer $TOKEN" \
  -d '{
    "name": "数据处理任务",
    "task_type": "data_processing",
    "celery_task_name": "app.tasks.common_tasks.long_running_task",
    "args": [60],
    "kwargs": {"param": "value"},
    "priority": "normal"
  }'"""
LIST_RUNNING = r'''curl -X GET "http://localhost:8000/api/v1/tasks/?status=running&limit=10" \
  -H "Authorization: Bearer $TOKEN"'''
LIST = r'''curl -X GET "http://localhost:8000/api/v1/tasks/" \
  -H "Authorization: Bearer $TOKEN"'''
DETAIL = r'''curl -X GET "http://localhost:8000/api/v1/tasks/{task_id}" \
  -H "Authorization: Bearer $TOKEN"'''
CANCEL = r'''curl -X POST "http://localhost:8000/api/v1/tasks/{task_id}/cancel" \
  -H "Authorization: Bearer $TOKEN"'''
DELETE = r'''curl -X DELETE "http://localhost:8000/api/v1/tasks/{task_id}" \
  -H "Authorization: Bearer $TOKEN"'''
