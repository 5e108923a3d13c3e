"""The package has the version of the library that it belongs to."""
import pathlib
import re

import setuptools

HEADER = pathlib.Path(__file__).resolve().parents[2] / "core" / "version.h"
VERSION = re.search(r'TG_VERSION "(.*)"', HEADER.read_text()).group(1)

setuptools.setup(version=VERSION)
