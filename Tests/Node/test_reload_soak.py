"""A hundred reloads under load; `soak_reloads.py` by hand does more of them, with more load."""

import unittest

import soak_reloads


class Soak(unittest.TestCase):
    # What a pause is and how memory grows depends on what else the machine does: here only far off the mark is wrong.
    LENIENT = ["--reloads", "100", "--settle", "1", "--most-pause-ms", "100", "--most-growth", "0.15"]

    def test_one_loop(self):
        self.assertEqual(soak_reloads.soak(soak_reloads.parse(self.LENIENT)), [])

    def test_two_loops(self):
        self.assertEqual(soak_reloads.soak(soak_reloads.parse([*self.LENIENT, "--loops", "2"])), [])


if __name__ == "__main__":
    unittest.main()
