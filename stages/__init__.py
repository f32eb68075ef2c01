"""The stages, one short script each: read settings, load, one library call, save."""

import os

# Threads that wait for each other must not spin where others want the cores: on a busy machine two
# spinning threads train several times slower than one. Read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
