"""As many open files as the system grants: every mapped array of a replay cube is one, and systems begin with 1,024."""

from __future__ import annotations

WANTED = 10_240                                  # macOS grants no more, whatever it calls its limit


def allow() -> None:
    """Raise the soft limit of this process, and of those it starts, towards the hard one."""
    try:
        import resource
    except ImportError:
        return                                   # Windows counts no mapped files
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < granted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
