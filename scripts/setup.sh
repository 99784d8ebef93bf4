# shellcheck shell=bash
# Sourced by ./run and ./test: goes to the project's folder and sees to it that what the build needs is there.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Idle OpenMP threads (LightGBM's) sleep instead of spinning.
export OMP_WAIT_POLICY=passive

say() { printf '%s\n' "$*" >&2; }

require_swift() {
    if ! command -v swift >/dev/null; then
        say "There is no Swift here. MarketFlow is built with Swift 6.1 or later: https://www.swift.org/install/linux/"
        say "Install it, so that 'swift --version' works, and run this again."
        exit 1
    fi
    local version
    version=$(swift --version 2>&1) || {
        say "'swift --version' fails, so Swift is not installed properly (https://www.swift.org/install/linux/):"
        say "$version"
        exit 1
    }
    if [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] < 601)); then
        say "This is Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]}; MarketFlow needs 6.1 or later: https://www.swift.org/install/linux/"
        exit 1
    fi
}

is_installed() {
    [[ $1 == pkg-config ]] && command -v pkg-config >/dev/null && return
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

require_packages() {
    local -A reasons=(
        [libsqlite3-dev]="the database"
        [zlib1g-dev]="reading .gz and .zip candle files"
        [libcairo2-dev]="drawing charts"
        [pkg-config]="finding the libraries when building"
        [fonts-dejavu-core]="the letters in the charts"
        [ca-certificates]="HTTPS to Telegram and Binance"
    )
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "This is no Debian or Ubuntu, so nothing is installed for you; the build needs what these packages hold: ${!reasons[*]}"
        return
    fi
    local package missing=()
    for package in "${!reasons[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    say "These system packages are missing:"
    for package in "${missing[@]}"; do say "  $package, for ${reasons[$package]}"; done
    local by_hand="apt-get update && apt-get install -y ${missing[*]}"
    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            say "Installing them takes root, and there is no sudo here. As root, run:"
            say "  $by_hand"
            exit 1
        fi
        as_root=(sudo)
    fi
    say "Installing them with ${as_root[*]:+sudo }apt-get."
    # Without network the lists at hand may still do.
    "${as_root[@]}" apt-get update -q >&2 || say "apt-get update failed; trying with the package lists at hand."
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" >&2; then
        say "The packages could not be installed. Mend what apt-get says above, or as root run:"
        say "  $by_hand"
        exit 1
    fi
}

# LightGBM is optional: without it the model lgbm_ai stays out.
fetch_lightgbm() {
    local library=data/lib/lib_lightgbm.so
    [[ -e $library ]] && return 0
    if ! command -v python3 >/dev/null || ! python3 -m pip --version >/dev/null 2>&1; then
        say "LightGBM is not fetched, since there is no pip here; lgbm_ai stays off. Its wheel holds lib_lightgbm.so: put that at $library."
        return 0
    fi
    local folder
    folder=$(mktemp -d)
    if python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$folder" \
        'lightgbm>=4,<5' >&2 && python3 - "$folder" "$library" <<'PYTHON'; then
import glob, os, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
name = next(n for n in wheel.namelist() if n.endswith("lib_lightgbm.so"))
os.makedirs(os.path.dirname(sys.argv[2]), exist_ok=True)
with open(sys.argv[2] + ".partial", "wb") as file:
    file.write(wheel.read(name))
os.rename(sys.argv[2] + ".partial", sys.argv[2])
PYTHON
        say "LightGBM's library lies at $library."
    else
        say "LightGBM could not be fetched; lgbm_ai stays off, everything else works. Run this again to retry."
    fi
    rm -rf "$folder"
}

require_swift
require_packages
fetch_lightgbm
