# The project's verbs; each one is a verb of tools/Lab. See ./build.ps1 --help.
Set-Location $PSScriptRoot
dotnet run --project tools/Lab --configuration Release -- @args
exit $LASTEXITCODE
