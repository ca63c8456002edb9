"""Workflows: definitions in JSON, run step by step on the estate's clock.

https://developer.sailpoint.com/docs/extensibility/workflows
"""

from simulators.sailpoint.workflows.engine import WorkflowEngine

__all__ = ["WorkflowEngine"]
