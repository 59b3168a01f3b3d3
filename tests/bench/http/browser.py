"""Pages as a browser asks for them, through the proxy in front of the portal: a connection for each."""

import http.client
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import brotli

from .measured import DATABASE, PROCESSOR, QUERIES, WORKER

_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "kk,ru;q=0.8,en;q=0.6",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Sec-Fetch-Mode": "navigate",
}


@dataclass(frozen=True)
class Answer:
    """`seconds` from the connection to the last byte; `sent`: bytes, headings too; milliseconds of the worker;
    `to`: where it leads instead."""

    seconds: float
    status: int
    sent: int
    queries: int
    database: float
    processor: float
    worker: int
    text: str
    to: str


class Browser:
    """Of somebody who has signed in."""

    def __init__(self, address: str, cookies: dict[str, str]):
        self._address = urlsplit(address).netloc
        self._cookies = cookies

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str], *, by_script: bool) -> Answer:
        """By the page's own script, or by a button."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if by_script:
            headers |= {"Accept": "application/json", "Sec-Fetch-Mode": "cors"}
        return self._ask("POST", path, urlencode(fields).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection = http.client.HTTPConnection(self._address, timeout=600)
        start = time.perf_counter()
        connection.request(method, path, body, _HEADERS | {"Cookie": cookies} | (headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - start
        connection.close()
        for said in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: cookie.value for name, cookie in SimpleCookie(said).items()}
        said = answer.headers
        unpacked = brotli.decompress(content) if said["Content-Encoding"] == "br" else content
        is_text = "text/html" in (said["Content-Type"] or "") or "json" in (said["Content-Type"] or "")
        return Answer(
            seconds=seconds,
            status=answer.status,
            sent=len(content) + len(bytes(said)) if content else len(bytes(said)),
            queries=int(said[QUERIES] or 0),
            database=float(said[DATABASE] or 0),
            processor=float(said[PROCESSOR] or 0),
            worker=int(said[WORKER] or 0),
            text=unpacked.decode() if is_text else "",
            to=said["Location"] or "",
        )


def fields_of(page: str, form: str) -> dict[str, str]:
    """What the form of that id would send."""
    found = _Fields(form)
    found.feed(page)
    return found.values


class _Fields(HTMLParser):
    def __init__(self, form: str):
        super().__init__()
        self.values: dict[str, str] = {}
        self._form, self._is_inside, self._name, self._is_chosen = form, False, "", False

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self._is_inside = said.get("id") == self._form
        if not self._is_inside:
            return
        name = said.get("name") or ""
        if tag == "input" and name and said.get("type") not in ("file", "submit", "button"):
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                self.values[name] = said.get("value") or ""
        elif tag in ("textarea", "select"):
            self._name = name
            self.values[name] = ""
        elif tag == "option" and "selected" in said:
            self.values[self._name] = said.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        elif tag in ("textarea", "select"):
            self._name = ""

    def handle_data(self, data):
        if self._is_inside and self._name and self.lasttag == "textarea":
            self.values[self._name] += data
