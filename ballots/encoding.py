"""Protocol §1. How bytes, hashes, base64url, canonical JSON and Crockford's codes are written and read."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Final

import msgspec
import rfc8785

from ballots.errors import Malformed

type Json = str | int | bool | list[Json] | dict[str, Json]
