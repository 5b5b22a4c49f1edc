# Agora. « make » montre ce que l'on peut demander ; « make site » fait tout ce qu'il faut pour voir le site.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# L'interpréteur, s'il faut le choisir : make site PYTHON=python3.12
export PYTHON
PORT ?= 8000
# Combien d’essais à la fois : beaucoup attendent une horloge, un navigateur ou un serveur.
JOBS ?= 4
BIN := .venv/bin

# L'ordre des étapes compte, même avec make -j.
.NOTPARALLEL:
.PHONY: help site docs serve check test soak release clean venv dev vendor programs lint

help: ## Montrer cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

site: venv vendor ## Tout installer, puis construire le site de content/ dans output/
	@echo "Construction du site"
	@$(BIN)/agora build
	@echo "Le site est prêt : ouvrez output/index.html"

docs: venv vendor ## Construire la documentation, elle-même un site d’Agora, dans output-docs/
	@$(BIN)/python scripts/documentation.py
	@$(BIN)/agora build --city docs --output output-docs

serve: venv vendor ## Montrer le site sur cet ordinateur, refait à chaque changement (PORT=8000)
	@$(BIN)/agora serve --inbox --port $(PORT)

check: dev vendor lint ## Vérifier le style, les types et les tests rapides
	@echo "Tests rapides"
	@TMPDIR=$$(bash scripts/test_folder.sh) $(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not slow and not soak"

test: dev vendor programs lint ## Tout installer, puis lancer tous les tests
	@echo "Tous les tests"
	@TMPDIR=$$(bash scripts/test_folder.sh) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile

soak: dev vendor programs ## Lancer les seuls tests longs
	@TMPDIR=$$(bash scripts/test_folder.sh) $(BIN)/python -m pytest -m "slow or soak" --races 100000 --hypothesis-profile=new

release: dev vendor ## Faire dans dist/ le paquet, les sources, la nomenclature et leurs empreintes
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist
	@$(BIN)/python scripts/sbom.py "dist/agora_build-$$($(BIN)/python -c 'import agora_build; print(agora_build.__version__)').cdx.json"
	@cd dist && sha256sum -- * >SHA256SUMS
	@echo "La version est prête : dist/"

clean: ## Retirer tout ce qui a été construit ou installé (le contenu reste)
	rm -rf output output-docs docs/content docs/.agora dist .agora .venv node_modules tests/*/node_modules themes/agora/static/vendor themes/agora/fonts agora_build/serving/assets/decap
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Ce que les cibles ci-dessus demandent : chacune ne fait que ce qui manque.

venv:
	@bash scripts/venv.sh site

dev:
	@bash scripts/venv.sh dev
	@bash scripts/npm_packages.sh tests/forges
	@find tests/forges/node_modules/@octokit/openapi/generated -type f ! -name api.github.com.json -delete

vendor: venv
	@bash scripts/npm_packages.sh .
	@$(BIN)/python scripts/vendor_assets.py

programs: dev
	@bash scripts/npm_packages.sh tests/browser
	@bash scripts/npm_packages.sh tests/lighthouse
	@bash scripts/test_programs.sh

lint: dev
	@echo "Style et types"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --no-error-summary
