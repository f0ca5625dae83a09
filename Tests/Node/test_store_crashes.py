"""A short run of store_checker.py."""

import unittest

from store_checker import Disk, Run


class CrashTests(unittest.TestCase):
    def test_nothing_accepted_is_lost_doubled_or_out_of_order(self):
        faults, accepted = Run(kills=6, seed=20).run()
        self.assertEqual(faults, [])
        self.assertGreater(accepted, 100)

    @unittest.skipUnless(Disk.is_possible(), "a file system of its own needs root")
    def test_a_full_disk_loses_nothing(self):
        run = Run(kills=4, seed=21, disk=True)
        faults, accepted = run.run()
        self.assertEqual(faults, [])
        self.assertGreater(accepted, 100)
        self.assertGreater(sum(sender.refused for sender in run.senders), 0, "the disk was to be full at times")


if __name__ == "__main__":
    unittest.main()
