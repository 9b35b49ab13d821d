"""Leaves out headers whose names the parser of uWebSockets.js does not accept (docs/fronts.md). Not used with FRONT=node."""

import re

import schemathesis

READABLE = re.compile(r"[A-Za-z0-9-]+")


@schemathesis.hook
def map_headers(context, headers):
    return headers and {name: value for name, value in headers.items() if READABLE.fullmatch(name)}
