@echo off
rem Finds a JDK 25 or newer, builds what is out of date, and runs Ridgepoint.
rem
rem 'ridge peers' builds the Maven profile peers, with other engines; all else does without them.
rem
rem RIDGE_JAVA_HOME names the JDK to use; RIDGE_JAVA_OPTS holds further JVM options.
setlocal EnableExtensions DisableDelayedExpansion
set "ridge_home=%~dp0"
set "ridge_jar=%ridge_home%bench\target\ridge.jar"
set "ridge_cache=%ridge_home%bench\target\ridge.aot"
set "ridge_runtime=%ridge_home%..\runtime"
rem An archive holds a runtime and what was built: nothing is to be found or built there.
if exist "%ridge_runtime%" (
  set "ridge_jar=%ridge_home%..\lib\ridge.jar"
  set "ridge_cache=%ridge_home%..\lib\ridge.aot"
)
set "ridge_paper="
set "ridge_profile="
rem Benchmarks inherit these options, and other engines are measured with the JVM's own.
set "ridge_heap=-XX:+UseSerialGC -XX:MaxNewSize=16m"
set "ridge_sources=*/src, bench/roofline/src, bench/roofline/pom.xml"
if "%~1"=="peers" if exist "%ridge_runtime%" (
  >&2 echo ridge: peers is built from the sources, which this archive does not hold
  exit /b 2
)
if "%~1"=="peers" (
  set "ridge_jar=%ridge_home%bench\peers\target\peers.jar"
  set "ridge_profile=-Ppeers"
  set "ridge_heap="
  set "ridge_sources=*/src, bench/*/src, bench/*/pom.xml"
)
set "ridge_lock=%ridge_home%target\ridge.lock"

set "jdk="
rem The releases that it runs with, as findstr looks for them in a JDK's file "release".
set supported=/c:"JAVA_VERSION=.2[5-9][^0-9]" /c:"JAVA_VERSION=.[3-9][0-9][^0-9]" /c:"JAVA_VERSION=.[1-9][0-9][0-9][^0-9]"
set releases=%supported%
if defined RIDGE_JAVA_HOME goto named
if exist "%ridge_runtime%" set "jdk=%ridge_runtime%"
if defined jdk goto build_if_needed
rem What "call" is given it reads twice, and doubles its carets: a path goes by a variable.
set "candidate=%JAVA_HOME%"
call :try_jdk
for %%j in (java.exe) do for %%b in ("%%~dp$PATH:j..") do set "candidate=%%~fb"
call :try_jdk
rem Of those that nobody named, a JDK 25 comes first: all is tested with it.
set releases=/c:"JAVA_VERSION=.25[^0-9]"
call :try_folders
set releases=%supported%
call :try_folders
if defined jdk goto build_if_needed
>&2 echo ridge: no JDK 25 or newer found: install Temurin 25 (adoptium.net), or set RIDGE_JAVA_HOME to one
exit /b 2

:named
set "candidate=%RIDGE_JAVA_HOME%"
call :try_jdk
if defined jdk goto build_if_needed
rem As a loop's variable it may hold an ampersand.
for %%j in ("%RIDGE_JAVA_HOME%") do >&2 echo ridge: RIDGE_JAVA_HOME is no JDK 25 or newer: %%~j
exit /b 2

:build_if_needed
rem Two collectors exclude each other: one that is named wherever the JVM looks for options goes first.
for %%v in (RIDGE_JAVA_OPTS JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS) do (
  set %%v 2>nul | findstr /r /c:"-XX:[+-]Use[A-Za-z]*GC" /c:"-Xmn" /c:"NewSize" >nul && set "ridge_heap="
)
if exist "%ridge_runtime%" goto run
call :up_to_date && goto run

rem One build at a time: whoever can open the lock for writing builds, the others try again.
:lock
if not exist "%ridge_home%target" md "%ridge_home%target" || exit /b 2
set "build_status="
8>&2 2>nul (9>"%ridge_lock%" call :build 2>&8)
if not defined build_status (
  ping -n 2 127.0.0.1 >nul
  goto lock
)
if not "%build_status%"=="0" exit /b %build_status%

:run
rem What ran is told with the commit that it was built from.
set "RIDGE_COMMIT="
if exist "%ridge_home%.git" for /f "delims=" %%c in (
  'git -C "%ridge_home%." describe --always --dirty 2^>nul'
) do set "RIDGE_COMMIT=%%c"
rem What is counted on paper needs no vectors, of whose module the JVM warns, and starts from classes
rem that were loaded when the jar was built. So does help. Only "local", this machine, is found by the
rem options that it was measured with.
set ridge_options=--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
set "ridge_command=%~1"
if not defined ridge_command set "ridge_paper=yes"
if defined ridge_command if "%ridge_command:~0,1%"=="-" set "ridge_paper=yes"
for %%c in (estimate plan scaling devices inspect compare explain lesson) do if "%~1"=="%%c" set "ridge_paper=yes"
set ridge_arguments=%*
set ridge_arguments 2>nul | findstr /r /c:"^ridge_arguments=[a-z]* --help" >nul && set "ridge_paper=yes"
if "%~1"=="peers" set "ridge_paper="
if defined ridge_paper set ridge_arguments 2>nul | findstr /c:"local" >nul && set "ridge_paper="
if defined ridge_paper if not exist "%ridge_cache%" (
  >&2 echo ridge: making commands on paper start faster (a few seconds, once^) ...
  "%jdk%\bin\java" -XX:AOTCacheOutput="%ridge_cache%.new" %ridge_heap% -cp "%ridge_jar%" ^
    dev.ridgepoint.bench.cli.StartTraining >nul 2>nul && move /y "%ridge_cache%.new" "%ridge_cache%" >nul 2>nul
)
if defined ridge_paper set ridge_options=-Xlog:aot=off -Xlog:cds=off -XX:TieredStopAtLevel=1 -XX:AOTCache="%ridge_cache%"
"%jdk%\bin\java" %ridge_options% %ridge_heap% %RIDGE_JAVA_OPTS% -jar "%ridge_jar%" %*
exit /b %errorlevel%

rem Tries the folders that JDKs are installed in, and Maven's toolchains.
:try_folders
for /d %%d in (
  "%ProgramFiles%\Eclipse Adoptium\*"
  "%ProgramFiles%\Java\*"
  "%ProgramFiles%\Microsoft\*"
  "%ProgramFiles%\Zulu\*"
  "%ProgramFiles%\Amazon Corretto\*"
  "%ProgramFiles%\BellSoft\*"
  "%USERPROFILE%\.jdks\*"
  "%USERPROFILE%\.gradle\jdks\*"
  "%USERPROFILE%\.sdkman\candidates\java\*"
  "%USERPROFILE%\.jabba\jdk\*"
  "%USERPROFILE%\scoop\apps\*"
) do (
  set "candidate=%%~d"
  call :try_jdk
  set "candidate=%%~d\current"
  call :try_jdk
)
for /f "usebackq tokens=2,3 delims=<>" %%a in (
  `findstr /c:"<jdkHome>" "%USERPROFILE%\.m2\toolchains.xml" 2^>nul`
) do (
  set "candidate=%%a"
  call :try_jdk
  set "candidate=%%b"
  call :try_jdk
)
exit /b 0

rem Sets jdk to the candidate if that is a JDK of one of the releases and none has been found before.
:try_jdk
if defined jdk exit /b 0
if not exist "%candidate%\bin\javac.exe" exit /b 0
findstr /b /r %releases% "%candidate%\release" >nul 2>nul && set "jdk=%candidate%"
exit /b 0

rem Fails if the jar is missing, or older than a source, a resource, a pom or one of their folders.
:up_to_date
if not exist "%ridge_jar%" exit /b 1
powershell -NoProfile -Command ^
  "Set-Location -LiteralPath $env:ridge_home;" ^
  "$built = (Get-Item -LiteralPath $env:ridge_jar).LastWriteTimeUtc;" ^
  "$inputs = @(Get-Item pom.xml, LESSON.md, */pom.xml) +" ^
  "  @(Get-Item %ridge_sources%) + @(Get-Item %ridge_sources% | Get-ChildItem -Recurse);" ^
  "if ($inputs | Where-Object LastWriteTimeUtc -gt $built) { exit 1 }"
exit /b %errorlevel%

:build
call :up_to_date
if not errorlevel 1 (
  set "build_status=0"
  exit /b 0
)
>&2 echo ridge: building (half a minute or more the first time) ...
pushd "%ridge_home%"
setlocal
set "JAVA_HOME=%jdk%"
rem The build's own programs are run by the java on the path.
set "PATH=%jdk%\bin;%PATH%"
set "MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -XX:+UseSerialGC %MAVEN_OPTS%"
rem Where there is no Maven, the wrapper fetches one.
set "ridge_mvn=mvn"
where mvn >nul 2>nul || set "ridge_mvn=mvnw.cmd"
rem No tests and no checks: compiled within Maven's JVM, which lives too short for the better compiler.
call %ridge_mvn% -B -q -T 2 -f pom.xml %ridge_profile% -Dmaven.test.skip=true -Djacoco.skip ^
  -Dtoolchain.jdk.mode=IfMatch -Dchecks=false -Dclasses=unchecked -Dstyle.color=never package 1>&2
endlocal & set "build_status=%errorlevel%"
popd
if "%build_status%"=="0" del "%ridge_cache%" "%ridge_cache%.new" 2>nul
exit /b 0
