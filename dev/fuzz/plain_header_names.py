"""Leaves out headers that uWebSockets.js' parser can't read the names of (docs/fronts.md); FRONT=node is sent them all."""

import re

import schemathesis

READABLE = re.compile(r"[A-Za-z0-9-]+")


@schemathesis.hook
def map_headers(context, headers):
    return headers and {name: value for name, value in headers.items() if READABLE.fullmatch(name)}
