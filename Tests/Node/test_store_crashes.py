"""A short run of store_checker.py."""

import unittest

from store_checker import Run


class CrashTests(unittest.TestCase):
    def test_nothing_accepted_is_lost_doubled_or_out_of_order(self):
        faults, accepted = Run(kills=6, seed=20).run()
        self.assertEqual(faults, [])
        self.assertGreater(accepted, 100)


if __name__ == "__main__":
    unittest.main()
