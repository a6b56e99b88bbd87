# One command for each thing to do; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help bootstrap bootstrap-dev up down status verify test test-fast bench lint

export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## install what this machine lacks, and .venv
	@scripts/bootstrap

bootstrap-dev: ## the same with what tests and documentation need
	@scripts/bootstrap --dev

up: bootstrap ## the embedded hosts with a cloud on them
	nai testbed up
	ansible-playbook -i inventories/testbed site.yml
	nai endpoints -i inventories/testbed

down: ## remove the embedded hosts; fails if anything is left
	@scripts/bootstrap --no-testbed
	nai testbed down

status: bootstrap ## how the embedded hosts are
	nai testbed status

verify: bootstrap ## prove that the cloud on the embedded hosts works
	ansible-playbook -i inventories/testbed playbooks/verify.yml

test: ## the whole proof from nothing: lint, types, unit, contract, the cloud, Molecule
	scripts/test.sh

test-fast: bootstrap-dev ## what needs no host
	scripts/test-fast.sh

lint: bootstrap-dev ## static checks
	scripts/lint

bench: bootstrap-dev ## measure the running cloud; writes docs/figures.md
	python -m tests.bench
