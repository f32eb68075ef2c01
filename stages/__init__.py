"""The stages, one short script each: read settings, load, one library call, save."""

import os

# All of this is read when numpy and torch are first imported.
#
# One thread, unless somebody asks for more: sums of several threads are rounded in another order,
# so that results would depend on how many cores a machine has. `python -m stages.reproduce` gives
# other cores other stages.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Where there are more, threads that wait for each other must not spin long while others want the
# cores: on a busy machine two spinning threads train several times slower than one. Not spinning at
# all makes every small operation wait for the scheduler, three times slower for networks of the
# embedded benchmark's size; some tens of microseconds are enough.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
