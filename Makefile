# Each target calls the script of its name; see the head of scripts/NAME.
.PHONY: setup run test quick bench package lint format fuzz docs

setup:
	scripts/setup
run:
	scripts/run
test:
	scripts/test
quick:
	scripts/test --quick
bench:
	scripts/bench
package:
	scripts/package
lint:
	scripts/lint
format:
	scripts/format
fuzz:
	scripts/fuzz
docs:
	scripts/docs
