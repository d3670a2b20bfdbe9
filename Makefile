# The commands of the project; each brings what it needs by scripts/setup.
SHELL := /bin/bash -euo pipefail
.DEFAULT_GOAL := help
.PHONY: help setup build generate check test lint demo release-tree verify-release bench screenshots doctor clean test-alerts test-dashboards

# Runs a command with the cached tools in front of PATH.
with := set -a; eval "$$(scripts/setup env)"; set +a;
jest := NODE_OPTIONS=--experimental-vm-modules NODE_NO_WARNINGS=1 node_modules/.bin/jest

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Compile and bundle the actions
	@scripts/setup build
	@$(with) scripts/build

generate: ## Write what follows from action.yml, the failure catalogue and the dashboards' code
	@scripts/setup build
	@$(with) node --conditions=source scripts/generate.ts && node example-app/monitoring/generate.ts

test: ## All three rings of tests
	@scripts/setup node lint
	@$(with) scripts/test

check: ## What to run before each commit: lint, and the tables among the tests
	@scripts/setup node lint
	@$(with) scripts/lint
	@$(with) $(jest) --selectProjects tables

lint: ## Formatter, linter, types, workflows, shell, Terraform, generated files, arrows
	@scripts/setup node lint
	@$(with) scripts/lint

test-dashboards: ## Draw each panel of the example app's dashboards from a real Prometheus (450 MB more); PICTURES=docs/pictures renews those of the docs
	@scripts/setup panels
	@$(with) SLIPWAY_GRAFANA_PANELS="$$SLIPWAY_CACHE/grafana-panels" $(jest) --selectProjects slow --testPathPatterns dashboards

test-alerts: ## Make each mistake in each alert rule, and see that a row of its tests turns red (minutes)
	@scripts/setup run node
	@$(with) $(jest) --selectProjects slow --testPathPatterns alert-mutations

demo: ## Ship the example app, then a broken commit of it; TARGET=ssh (default), ecs, aci or k8s; KEEP=1 leaves it running
	@scripts/setup run node
	@$(with) scripts/build && $(with) node --conditions=source scripts/demo.ts

release-tree: build ## Write out/release, exactly what a tag contains; VERSION=1.2.3 stamps it
	@$(with) node scripts/release-tree.ts $${VERSION:+"--version=$$VERSION"}
	@echo "out/release is written"

verify-release: ## Rebuild VERSION=1.2.3 and compare it with its tag; REPOSITORY=url or folder
	@scripts/setup build
	@$(with) node scripts/verify-release.ts -- "$${VERSION:-}" "$${REPOSITORY:-}"

bench: ## Measure against the bars; one table. PARTS="exampleApp upload" takes only these
	@scripts/setup run node
	@$(with) scripts/build && $(with) node --conditions=source bench/main.ts $(PARTS)

screenshots: ## Take the pictures of the example app's page in docs/pictures
	@scripts/setup browser node
	@$(with) node --conditions=source scripts/screenshots.ts

doctor: ## What is missing on this machine and how to get it
	@scripts/doctor

clean: ## Remove everything that was built, and stop what setup started
	@scripts/setup stop
	rm -rf out packages/*/lib actions/*/lib actions/*/dist packages/*/*.tsbuildinfo actions/*/*.tsbuildinfo
