# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: wheels.py FOLDER NAME-VERSION...
#
# Makes packages for pip that have nothing in them.

import pathlib
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
folder.mkdir()
for package in sys.argv[2:]:
    name, version = package.rsplit("-", 1)
    about = f"{package}.dist-info"
    with zipfile.ZipFile(folder / f"{package}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
