PYTHON ?= python

.PHONY: test fuzz kill

test:
	$(PYTHON) -m pytest -n auto

# 5,000 mutations of the sample: make fuzz COUNT=20000 SEED=7
fuzz:
	$(PYTHON) tests/fuzz.py $(or $(COUNT),5000) $(SEED)

# 100 random kills, and every write, fsync, rename … of a run failed once: make kill KILLS=300 SEED=7
kill:
	$(PYTHON) tests/broken_run.py $(or $(KILLS),100) $(SEED)
