"""What is wrong with a page as the browser shows it: for axe, on a narrow screen, in words of another language."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

# WCAG 2.2 up to AA, and what axe's authors hold to be good besides.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# All of axe's rules that look at colours: the others find the same in light and in dark.
COLOURS = ["color-contrast", "link-in-text-block"]
NARROW = 320

_RUN_AXE = """options => axe.run(document, options).then(found => found.violations.flatMap(
    violation => violation.nodes.map(node => {
        const why = [...node.any, ...node.all, ...node.none].map(check => check.message).join(" ");
        return `${violation.id}: ${node.html.slice(0, 160)} ${why.slice(0, 160)}`;
    })))"""

# The widest thing that stands out of the page is what to mend.
_OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const out = [...document.body.querySelectorAll("*")].map(e => [e.getBoundingClientRect().right, e])
        .filter(([right, e]) => right > width + 0.5 && !e.closest(".table-wrap, .visually-hidden"));
    out.sort((a, b) => b[0] - a[0]);
    const worst = out.length ? out[0][1].outerHTML.slice(0, 160) : "";
    return `${document.documentElement.scrollWidth} px wide at ${width}: ${worst}`;
}"""

# English words one after the other are a sentence that nobody has translated, unless all of them are names.
_UNTRANSLATED = r"""() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const language = document.documentElement.lang, found = new Set();
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (element.closest("code, pre, kbd, samp, script, style, textarea")) continue;
        if (element.closest("[lang]").lang !== language) continue;
        const words = walker.currentNode.textContent.match(/\b[A-Za-z]{2,}(?: [A-Za-z]{2,})+/g);
        if (words) words.filter(phrase => /\b[a-z]/.test(phrase)).forEach(phrase => found.add(phrase));
    }
    return [...found];
}"""


def axe(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Violations, each as "rule: element". `rules`: these alone."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        # Not as a script element: the content security policy would refuse it.
        page.evaluate(AXE_SCRIPT)
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    return page.evaluate(_RUN_AXE, {"runOnly": chosen, "resultTypes": ["violations"]})


def overflow(page: Page) -> list[str]:
    """Empty if the page needs no scrolling sideways in the window as it is."""
    found = page.evaluate(_OVERFLOW)
    return [found] if found else []


def untranslated(page: Page) -> list[str]:
    return page.evaluate(_UNTRANSLATED)


def complaints_of(page: Page) -> list[str]:
    """A list that fills itself with the errors of the page's console: scripts that fail, the policy that refuses."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def _is_complaint(message) -> bool:
    """That a form was refused (422, 409) is an answer, not an error."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def speak(context: BrowserContext, portal: str, language: str) -> None:
    """From now on the portal speaks this language to who has this browser; a page of it must have been opened."""
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
    answer = context.request.post(
        f"{portal}/language/", form={"language": language, "csrfmiddlewaretoken": token}, max_redirects=0
    )
    assert answer.status == 302, answer.text()
