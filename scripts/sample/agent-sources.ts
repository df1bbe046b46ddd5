/** What the sample's agent image has in `/app`: text to look at, never run. */
export const MAIN_PY = `import asyncio

from agent import Runtime


async def main() -> None:
    async with Runtime.open() as runtime:
        await runtime.serve(port=8080)


if __name__ == "__main__":
    asyncio.run(main())
`;

export const RUNTIME_PY = `from __future__ import annotations

import os
from contextlib import asynccontextmanager


class Runtime:
    """One agent in one sandbox."""

    def __init__(self, home: str) -> None:
        self.home = home

    @classmethod
    @asynccontextmanager
    async def open(cls):
        yield cls(os.environ.get("AGENT_HOME", "/app"))
`;
