"""What an operator does with one request or with many, and how all of them are seen.

All of them is the inventory: ``inventory`` loads it (``loading``, ``reading``), ``entries``,
``details`` and ``frame`` are what it holds, and ``refresh`` brings it up to date. ``filtering``,
``attention``, ``pictures`` and ``export`` are made of its frame. Actions on its ``rows`` are
proposed (``proposal``) and taken (``acting``), each by ``giving_up``, ``in_use``,
``bringing_back``, ``showing`` or ``csr_files``. ``watch`` looks at what is pending by a
``schedule`` and tells ``changes``. ``requests`` reads those that are taken in hand one by one.
"""
