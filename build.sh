#!/bin/sh
# The project's verbs; each one is a verb of tools/Lab. See ./build.sh --help.
set -eu
cd "$(dirname "$0")"
command -v dotnet > /dev/null || {
    echo "build.sh: the .NET 10 SDK is needed: https://learn.microsoft.com/dotnet/core/install/linux-debian" >&2
    exit 1
}
[ -d tools/Lab/bin ] || echo "build.sh: building its own tool first; this takes a minute" >&2
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
exec dotnet run --project tools/Lab --configuration Release -- "$@"
