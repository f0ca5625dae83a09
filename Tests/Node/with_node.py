#!/usr/bin/env python3
"""Starts a node with open login, runs COMMAND ... HOST PORT, ends the node, and exits with the command's status."""

import subprocess
import sys

from node import Node, remove_at_sigterm


def main():
    remove_at_sigterm()
    node = Node()
    try:
        node.start()
        status = subprocess.run([*sys.argv[1:], "127.0.0.1", str(node.ports["chat"])], stdin=subprocess.DEVNULL).returncode
        code = node.stop()
        if code != 0:
            print(f"the node ended with {code}:\n{node.log_text()}")
        return status or code
    finally:
        node.remove()


if __name__ == "__main__":
    sys.exit(main())
