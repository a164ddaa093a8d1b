# Every task by name; `cargo xtask` needs no other tool than cargo.

# Lists the tasks.
default:
    @just --list

# Starts a believable world and prints how to sign in.
demo *arguments:
    cargo xtask demo {{arguments}}

# Every check there is.
test:
    cargo xtask test

# Format, lints, boundaries, worked examples and the Rust tests on SQLite.
quick:
    cargo xtask test --quick

# Formats the sources.
format:
    cargo fmt --all

# All lints.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Dependency direction, features and source rules.
boundaries:
    cargo xtask check-boundaries

# Writes the OpenAPI document.
openapi:
    cargo xtask openapi

# Writes the page of the permissions.
permissions:
    cargo xtask permissions

# The worked examples of the specification.
vectors:
    cargo xtask vectors spec/vectors

# The engines against second implementations of the rules in Python.
oracle cases="100000" seed="1":
    cargo xtask oracle --cases {{cases}} --seed {{seed}}

# Hostile texts for every parser of the engines.
fuzz seconds="300":
    cargo xtask fuzz --seconds {{seconds}}

# Builds the web app.
web:
    cargo xtask web

# Bans, licences, sources and known vulnerabilities of dependencies.
audit:
    cargo xtask audit
