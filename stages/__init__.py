"""The stages, one short script each: read settings, load, one library call, save."""

import os

# Threads that wait for each other must not spin long where others want the cores: on a busy machine
# two spinning threads train several times slower than one. Not spinning at all makes every small
# operation wait for the scheduler, three times slower for networks of the embedded benchmark's
# size; some tens of microseconds are enough. Read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
