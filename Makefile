PYTHON ?= python

.PHONY: test fuzz

test:
	$(PYTHON) -m pytest -n auto

# 5,000 mutations of the sample: make fuzz COUNT=20000 SEED=7
fuzz:
	$(PYTHON) tests/fuzz.py $(or $(COUNT),5000) $(SEED)
