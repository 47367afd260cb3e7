@echo off
rem Double-click me: finds or makes the environment beside this file, runs the latest quarter, keeps the window open.
rem This file is GBK with CRLF line ends: cmd.exe reads batch files in the code page of the console, 936 on Chinese Windows.
setlocal EnableExtensions DisableDelayedExpansion
for /f "tokens=2 delims=:." %%C in ('chcp') do set "OLD_PAGE=%%C"
chcp 936 >nul
cd /d "%~dp0" 2>nul || pushd "%~dp0"
title 公务员平时考核
set "CODE=2"
set "PY="
set "OWN=.venv\Scripts\python.exe"
if not exist "process.py" goto misplaced
if not exist "%OWN%" goto find
"%OWN%" -c "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 11) or not all(map(u.find_spec, ('chinese_calendar', 'click', 'filelock', 'jinja2', 'msgspec', 'openpyxl', 'pandas', 'pydantic', 'python_calamine', 'ruamel.yaml', 'xlsxwriter'))))" >nul 2>nul && goto work
"%OWN%" -c "import sys, pip; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && goto install
echo 原来的运行环境在这台电脑上不能用，重新准备。

:find
for %%P in ("py -3" "python" "python3") do if not defined PY %%~P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PY=%%~P"
if not defined PY goto nopython
echo 第一次运行，正在准备环境，请稍候……
%PY% -m venv --clear ".venv" || goto novenv

:install
echo 正在安装所需的组件，只需要一次，请稍候……
if exist "wheels\*.whl" goto offline
"%OWN%" -m pip install --disable-pip-version-check --quiet "." || goto noinstall
goto work

:offline
"%OWN%" -m pip install --disable-pip-version-check --quiet --no-index --find-links "wheels" "." || goto noinstall

:work
"%OWN%" "process.py" run %*
set "CODE=%ERRORLEVEL%"
echo.
if "%CODE%"=="0" echo 已完成：可以打印、签批和报送，见 output 文件夹。
if "%CODE%"=="1" echo 还有问题需要处理，请看上面的提示和 output 文件夹里的“问题清单.xlsx”，改正后再双击运行一次。
if "%CODE%"=="2" echo 没有运行：请按上面的提示改正后，再双击运行一次。
if "%CODE%"=="3" echo 材料没有错误，等待领导审定：请看 output 文件夹里的“审定表.xlsx”，签批放回后再双击运行一次。
set "TOLD="
for %%S in (0 1 2 3) do if "%CODE%"=="%%S" set "TOLD=1"
if not defined TOLD echo 程序中断了（代码 %CODE%），这次运行没有完成。请再双击运行一次；还是这样的，请把这个窗口拍照发给信息部门。
goto done

:misplaced
echo 这个文件旁边没有 process.py。请不要单独复制这个文件，放回程序文件夹后再双击运行。
goto done

:nopython
echo 这台电脑上没有 Python 3.11 或更高版本。
echo 请联系信息部门安装，或从 https://www.python.org/downloads/ 下载安装，安装时勾选“Add python.exe to PATH”，然后再双击运行。
goto done

:novenv
echo 运行环境没有建成。请确认这个文件夹可以写入，磁盘有 1 GB 以上空间，没有被杀毒软件拦截，然后再双击运行。
goto done

:noinstall
echo 组件没有装好。能上网的，请检查网络后再双击运行；不能上网的，请信息部门把组件的 whl 文件放进本文件夹的 wheels 文件夹，然后再双击运行。

:done
echo.
if not defined APPRAISAL_NO_PAUSE pause
popd
if defined OLD_PAGE chcp %OLD_PAGE% >nul
exit /b %CODE%
