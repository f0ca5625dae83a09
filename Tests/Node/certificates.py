"""Certificates of the tests (Tests/make-certificates), and what clients trust."""

import pathlib
import shutil
import ssl
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "make-certificates"


class Certificates:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hpush-tls-"))
        subprocess.run(["bash", SCRIPT, self.folder], check=True, timeout=60)

    def path(self, name):
        return str(self.folder / name)

    def section(self, name="server", **more):
        """The section `tls` of a configuration."""
        return {"certificate": self.path(f"{name}.pem"), "key": self.path(f"{name}.key"), **more}

    def trust(self, authority="ca", own=None):
        """What a client knows; `own` is its certificate."""
        context = ssl.create_default_context(cafile=self.path(f"{authority}.pem"))
        if own:
            context.load_cert_chain(self.path(f"{own}.pem"), self.path(f"{own}.key"))
        return context

    def replace(self, name, other):
        """Puts other contents in a file's place, as renewals do."""
        new = self.folder / f"{name}.new"
        shutil.copy(self.folder / other, new)
        new.rename(self.folder / name)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def greeting(context=None):
    """The bytes with which a client begins, by which a server has its work and the client none."""
    context = context or ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    stream = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        stream.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()
