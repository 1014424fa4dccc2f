"""Work that waits in a queue: each task calls an action and holds no rule. Views and commands enqueue, after their action has returned."""

from django_tasks import task

from cases.actions.replay import run_replay


@task()
def replay_policy(run_id: int) -> None:
    """Read what a replay has not read yet; given twice, it reads nothing twice."""
    run_replay(run_id=run_id)
