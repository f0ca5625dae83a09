"""A proxy before a node's peer port, so that the links to it can be cut and healed."""

import asyncio


class PeerProxy:
    """Listens for one node. `cut` ends its connections and refuses new ones, `stall` keeps them and passes nothing on, `heal` ends both."""

    def __init__(self, target):
        self.target = target
        self.open = asyncio.Event()
        self.open.set()
        self.is_cut = False
        self.writers = set()

    async def start(self):
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def cut(self):
        self.is_cut = True
        for writer in list(self.writers):
            writer.transport.abort()

    def stall(self):
        self.open.clear()

    def heal(self):
        self.is_cut = False
        self.open.set()

    async def _accept(self, reader, writer):
        if self.is_cut:
            return writer.transport.abort()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return writer.transport.abort()
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except asyncio.CancelledError:
            # The program ends.
            pass

    async def _pump(self, reader, writer):
        self.writers.add(writer)
        try:
            while data := await reader.read(1 << 16):
                await self.open.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            self.writers.discard(writer)
            writer.close()
