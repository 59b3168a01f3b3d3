"""Recognising the report that was sent: by its hash and by its files, honest, altered and hostile."""

import hashlib
import io
import json
import re

import docx
import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from programme import calendar
from reports import documents, foreign_files
from reports.attachments import MAX_SIZE
from reports.canonical import canonical_json, sha256_of
from reports.consolidation import signing
from reports.consolidation.verification import read_hash, verify_file, verify_hash
from reports.models import ConsolidatedReport, Dispatch, Period, ReportDocument

from .certificates import NAME, PASSPHRASE, pkcs12_file
from .scenes import filed
from .uploads import archive

pytestmark = pytest.mark.django_db

URL = "/verify/"
FILES = ["docx", "pdf", "xlsx"]
UNKNOWN = "0" * 63 + "a"


@pytest.fixture(scope="module")
def rendered(demo):
    """The demonstration's report in each format, in Kazakh."""
    return {fmt: documents.render(demo.report, fmt, "kk") for fmt in (*FILES, "json")}


@pytest.fixture
def final(demo, user) -> ConsolidatedReport:
    return freeze(demo.report, user("coordinator2"))


@pytest.fixture
def sent(final, user) -> ConsolidatedReport:
    send(final, user("coordinator"))
    return final


@pytest.fixture
def given_out(sent, rendered) -> ConsolidatedReport:
    for fmt in FILES:
        give_out(sent, fmt, rendered[fmt])
    return sent


def freeze(structure: dict, by, *, number=1) -> ConsolidatedReport:
    content = canonical_json(structure | {"number": number})
    return ConsolidatedReport.objects.create(
        period=Period.objects.get(code="2008-H2"),
        number=number,
        content=content,
        sha256=sha256_of(content),
        finalised_at=calendar.now(),
        finalised_by=by,
    )


def send(report: ConsolidatedReport, by, number="07-15/123") -> Dispatch:
    return Dispatch.objects.create(
        report=report, number=number, dated="2009-07-06", addressee="Үкімет аппараты", at=calendar.now(), by=by
    )


def give_out(report: ConsolidatedReport, fmt: str, content: bytes, language="kk") -> ReportDocument:
    return ReportDocument.objects.create(
        report=report,
        format=fmt,
        language=language,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=calendar.now(),
    )


def changed_workbook(content: bytes, change=lambda book: None) -> bytes:
    """Opened and saved again, after `change`."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_one_byte_changed(content: bytes) -> bytes:
    return content[:3_000] + bytes([content[3_000] ^ 1]) + content[3_001:]


def set_numbers(book, value: float, *, count=1) -> list[tuple[str, str]]:
    """Overwrites the first numbers of a workbook; sheet and address of each."""
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    numbers = [cell for cell in cells if isinstance(cell.value, float | int)][:count]
    for cell in numbers:
        cell.value = value
    assert len(numbers) == count
    return [(cell.parent.title, cell.coordinate) for cell in numbers]


def post(browser, **fields):
    if "file" in fields:
        fields["file"] = SimpleUploadedFile("report.bin", fields["file"])
    return browser.post(URL, fields)


# Hashes


@pytest.mark.parametrize(
    "written",
    [
        UNKNOWN,
        UNKNOWN.upper(),
        f"  SHA-256: {UNKNOWN}\n",
        f"sha256 {UNKNOWN}",
        " ".join(re.findall(".{8}", UNKNOWN)),
        f"Осы құжаттың деректерінің SHA-256 мәні: {UNKNOWN}",
        UNKNOWN.replace("a", "а"),
        UNKNOWN.replace("a", "А"),
    ],
)
def test_a_hash_is_read_however_it_is_written(written):
    assert read_hash(written) == UNKNOWN


@pytest.mark.parametrize("written", ["", "abc", UNKNOWN[1:], UNKNOWN + "0", "g" * 64, f"{UNKNOWN} {'1' * 64}"])
def test_what_is_no_hash_is_not_taken_for_one(written):
    assert read_hash(written) is None


def test_the_hash_of_the_data_names_the_report(sent):
    verdict = verify_hash(sent.sha256)
    assert (verdict.answer, verdict.report, verdict.document) == ("genuine", sent, None)
    assert verdict.dispatch.number == "07-15/123"


def test_the_hash_of_a_file_names_report_and_file(given_out):
    document = given_out.documents.get(format="pdf")
    verdict = verify_hash(document.sha256)
    assert (verdict.answer, verdict.report, verdict.document) == ("genuine", given_out, document)


def test_an_unknown_hash_names_nothing(sent):
    verdict = verify_hash(UNKNOWN)
    assert (verdict.answer, verdict.report) == ("unknown", None)


def test_a_final_report_that_was_not_sent_says_so(final):
    verdict = verify_hash(final.sha256)
    assert (verdict.answer, verdict.dispatch) == ("genuine", None)


def test_hashes_of_what_is_not_final_are_unknown(browse, user, final):
    copy = filed("akimat-akt", user("reporter.akt")).copies.get()
    live = documents.render(final.data | {"compiled_on": "2009-07-07"}, "json", "kk")
    assert verify_hash(copy.sha256).answer == "unknown"
    assert verify_hash(hashlib.sha256(live).hexdigest()).answer == "unknown"


def test_a_report_with_a_later_supplement_is_superseded_and_the_supplement_is_not(sent, demo, user):
    supplement = freeze(demo.report, user("coordinator2"), number=2)
    assert verify_hash(sent.sha256).is_superseded
    assert not verify_hash(supplement.sha256).is_superseded
    assert verify_hash(supplement.sha256).report.is_supplement


# JSON


def test_the_data_as_given_out_is_genuine(sent, rendered):
    assert verify_file(sent.content.encode()).answer == "genuine"


@pytest.mark.parametrize(
    "laid_out",
    [
        lambda data: json.dumps(data, indent=2, ensure_ascii=False).encode(),
        lambda data: json.dumps(dict(reversed(data.items()))).encode(),
        lambda data: b"\xef\xbb\xbf" + json.dumps(data, ensure_ascii=False).encode() + b"\r\n",
    ],
    ids=["indented", "reordered and escaped", "with a byte order mark"],
)
def test_data_laid_out_anew_has_the_same_content(sent, laid_out):
    verdict = verify_file(laid_out(sent.data))
    assert (verdict.answer, verdict.report) == ("same_content", sent)


def test_altered_data_is_told_and_names_the_report_it_claims_to_be(sent):
    sent.data["money"][0]["spent"] = "999.000"
    verdict = verify_file(json.dumps(sent.data).encode())
    assert (verdict.answer, verdict.report, verdict.is_only_claimed) == ("altered", sent, True)


def test_a_key_that_occurs_twice_is_not_read(sent):
    # Some readers would show the first, the hash would stand for the second.
    twice = sent.content.replace('"compiled_on":', '"compiled_on":"1999-01-01","compiled_on":', 1)
    assert verify_file(twice.encode()).answer == "unreadable"


@pytest.mark.parametrize(
    "content",
    [
        '{"programme": {"slug": "children-2007-2011"}, "period": {"code": "2008-H2"}, "number": "1"}',
        '{"programme": {"slug": "children-2007-2011"}, "period": {"code": "2008-H2"}, "number": 99999999999999999999}',
        '{"programme": {"slug": ["x"]}, "period": 3}',
        '{"programme": {"slug": "x\\u0000"}, "period": {"code": "2008-H2"}}',
        '{"lone": "\\ud800"}',
        "{}",
    ],
)
def test_other_json_names_nothing(sent, content):
    assert verify_file(content.encode()).report is None


# Workbooks


def test_a_workbook_as_given_out_is_genuine_in_any_language(given_out, demo):
    assert verify_file(bytes(given_out.documents.get(format="xlsx").content)).answer == "genuine"
    russian = documents.render(demo.report, "xlsx", "ru")
    give_out(given_out, "xlsx", russian, "ru")
    assert verify_file(russian).document.language == "ru"


def test_a_workbook_saved_again_has_the_same_content(given_out, rendered):
    verdict = verify_file(changed_workbook(rendered["xlsx"]))
    assert (verdict.answer, verdict.report, verdict.differences) == ("same_content", given_out, 0)


def test_a_workbook_is_compared_in_its_own_language_though_none_was_stored(sent, demo):
    english = documents.render(demo.report, "xlsx", "en")
    assert verify_file(changed_workbook(english)).answer == "same_content"


def test_one_changed_number_is_found(given_out, rendered):
    changed = []
    altered = changed_workbook(rendered["xlsx"], lambda book: changed.extend(set_numbers(book, 987_654)))
    verdict = verify_file(altered)
    assert (verdict.answer, verdict.report, verdict.differences) == ("altered", given_out, 1)
    (cell,) = verdict.cells
    assert ((cell["sheet"], cell["cell"]), cell["theirs"]) == (changed[0], "987654")
    assert cell["ours"] not in (None, "987654")


def test_a_formula_is_not_the_number_it_shows(given_out, rendered):
    def change(book):
        ((sheet, address),) = set_numbers(book, 1)
        book[sheet][address].value = "=1+1"

    verdict = verify_file(changed_workbook(rendered["xlsx"], change))
    assert [cell["theirs"] for cell in verdict.cells] == ["=1+1"]


def test_cells_beyond_the_report_and_new_sheets_are_found(given_out, rendered):
    def change(book):
        book.worksheets[0]["CA9000"] = "қосылды"
        book.create_sheet("Жаңа")["A1"] = 1

    cells = verify_file(changed_workbook(rendered["xlsx"], change)).cells
    assert {(cell["cell"], cell["ours"]) for cell in cells} == {("CA9000", None), ("", None)}


def test_at_most_twenty_cells_are_listed(given_out, rendered):
    altered = changed_workbook(rendered["xlsx"], lambda book: set_numbers(book, 987_654, count=25))
    verdict = verify_file(altered)
    assert (verdict.differences, len(verdict.cells)) == (25, 20)


def test_the_newest_report_that_a_workbook_names_is_the_one_it_is_compared_with(sent, demo, user):
    supplement = freeze(demo.report, user("coordinator2"), number=2)
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = f"SHA-256 {supplement.sha256}", f"SHA-256 {sent.sha256}"
    buffer = io.BytesIO()
    book.save(buffer)
    assert verify_file(buffer.getvalue()).report == supplement


def test_a_workbook_that_names_no_report_is_unknown(given_out):
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.save(buffer)
    assert verify_file(buffer.getvalue()).answer == "unknown"


# Word and PDF


def test_word_and_pdf_as_given_out_are_genuine(given_out, rendered):
    for fmt in ("docx", "pdf"):
        assert verify_file(rendered[fmt]).answer == "genuine"


def test_a_word_document_that_was_edited_proves_nothing(given_out, rendered):
    document, buffer = docx.Document(io.BytesIO(rendered["docx"])), io.BytesIO()
    document.add_paragraph("1 000 000")
    document.save(buffer)
    verdict = verify_file(buffer.getvalue())
    assert (verdict.answer, verdict.report) == ("not_given_out", given_out)


def test_a_hash_is_found_though_an_editor_split_it(sent):
    document, buffer = docx.Document(), io.BytesIO()
    paragraph = document.add_paragraph("SHA-256 ")
    paragraph.add_run(sent.sha256[:20])
    paragraph.add_run(sent.sha256[20:])
    document.add_paragraph("12")
    document.save(buffer)
    assert verify_file(buffer.getvalue()).answer == "not_given_out"


def test_a_pdf_with_something_added_is_told_from_the_one_given_out(given_out, rendered):
    writer, buffer = pypdf.PdfWriter(io.BytesIO(rendered["pdf"]), incremental=True), io.BytesIO()
    writer.add_metadata({"/Title": "Басқа"})
    writer.write(buffer)
    verdict = verify_file(buffer.getvalue())
    assert (verdict.answer, verdict.report, verdict.document.format) == ("added_to", given_out, "pdf")


def test_a_pdf_that_only_carries_the_hash_was_not_given_out(sent):
    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=72, height=72)
    writer.add_metadata({"/Keywords": f"SHA-256 {sent.sha256}"})
    writer.write(buffer)
    verdict = verify_file(buffer.getvalue())
    assert (verdict.answer, verdict.report) == ("not_given_out", sent)


def test_a_signed_pdf_tells_who_signed(given_out, rendered, settings, tmp_path):
    settings.SIGNING_CERTIFICATE, settings.SIGNING_PASSPHRASE = pkcs12_file(tmp_path), PASSPHRASE
    signed = signing.sign(rendered["pdf"])
    unstored = verify_file(signed)
    assert (unstored.answer, [s.signer for s in unstored.signatures]) == ("added_to", [NAME])
    give_out(given_out, "signed.pdf", signed)
    verdict = verify_file(signed)
    assert (verdict.answer, verdict.document.format) == ("genuine", "signed.pdf")
    assert [signature.is_good for signature in verdict.signatures] == [True]
    tampered = verify_file(with_one_byte_changed(signed))
    assert tampered.answer in ("unknown", "not_given_out")
    assert [signature.is_intact for signature in tampered.signatures] == [False]


# Hostile files


def workbook_of(sheet: str, *, name: str, sha256: str, strings: str = "") -> bytes:
    """A workbook with one sheet, written by hand, that names a report."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="a" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="a" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="b" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"{strings or f'<sst {main}>'}<si><t>SHA-256 {sha256}</t></si></sst>",
        }
    )


CELL = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
FAR = f'{CELL}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
MANY_FAR = CELL + "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 20_000))
DOCTYPE = '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>'


def hostile(report, rendered, sheet: str, strings: str = "") -> bytes:
    name = openpyxl.load_workbook(io.BytesIO(rendered["xlsx"])).sheetnames[0]
    return workbook_of(sheet, name=name, sha256=report.sha256, strings=strings)


def test_the_hand_written_workbook_is_read_when_it_is_honest(sent, rendered):
    verdict = verify_file(hostile(sent, rendered, CELL))
    assert (verdict.answer, verdict.cells[0]["theirs"]) == ("altered", f"SHA-256 {sent.sha256}")


@pytest.mark.parametrize(
    ("sheet", "strings", "flaw"),
    [
        (FAR, "", "takes more time or memory"),
        (MANY_FAR, "", "takes more time or memory"),
        (CELL, DOCTYPE, "document type declaration"),
        (CELL, f"<sst><si><t>{'a' * 40_000_000}</t></si>", "larger than any document"),
        ("<row><c></row>", "", "damaged"),
    ],
    ids=["far cell", "many far cells", "document type", "giant string", "broken XML"],
)
def test_a_hostile_workbook_is_refused_in_plain_words(sent, rendered, sheet, strings, flaw):
    with translation.override("en"):
        verdict = verify_file(hostile(sent, rendered, sheet, strings))
    assert verdict.answer == "unreadable"
    assert flaw in verdict.flaw


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_document_type_is_found_in_other_encodings(sent, encoding):
    with translation.override("en"):
        verdict = verify_file(archive({"word/document.xml": DOCTYPE.encode(encoding)}))
    assert "document type declaration" in verdict.flaw


@pytest.mark.parametrize(
    "content",
    [
        archive({"xl/workbook.xml": b"\0" * (201 * 2**20)}),
        archive(dict.fromkeys(map(str, range(2_001)), b"")),
        b"PK\x03\x04" + b"\0" * 1_000,
        archive({"a.xml": "<a/>"})[:-10],
    ],
    ids=["bomb", "many members", "no archive", "cut short"],
)
def test_a_hostile_archive_is_refused(content):
    assert verify_file(content).answer == "unreadable"


def test_an_archive_that_lies_about_its_size_is_refused():
    honest = archive({"word/document.xml": b"a" * 5_000_000})
    lie = honest.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != honest
    assert verify_file(lie).answer == "unreadable"


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        b'{"a":' + b"9" * 1_000_000 + b"}",
        b'{"a": NaN}',
        b'{"a": ' + b"[[],[],[]]," * 10,
        b'{"a": "\xff"}',
    ],
    ids=["deep", "giant number", "not a number", "cut short", "no Unicode"],
)
def test_hostile_json_is_refused(content):
    assert verify_file(content).answer == "unreadable"


def test_json_that_takes_too_much_memory_is_refused(monkeypatch):
    monkeypatch.setattr(foreign_files, "MEMORY", 200 * 2**20)
    assert verify_file(b'{"a":[' + b"[]," * 5_000_000 + b"1]}").answer == "unreadable"


def test_what_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(foreign_files, "WALL_SECONDS", 0.01)
    with translation.override("en"):
        assert "takes more time" in verify_file(b'{"a":1}').flaw


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-", b"\x89PNG\r\n", b"\xff\xfe{", b"%%EOF" * 100_000])
def test_any_other_file_is_unknown(content):
    assert verify_file(content).answer == "unknown"


# The page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_anyone_may_open_the_page_and_ask(browse, sent, language):
    browser = browse(None, language)
    page = browser.get(URL)
    assert page.status_code == 200
    assert 'name="sha256"' in page.text
    assert 'name="file"' in page.text
    found = post(browser, sha256=sent.sha256)
    assert found.status_code == 200
    for text in ("07-15/123", "Үкімет аппараты", sent.sha256):
        assert text in found.text


def test_the_page_is_linked_where_people_sign_in(browse):
    assert f'href="{URL}"' in browse(None).get(reverse("login")).text


def test_the_answer_tells_nothing_of_what_the_report_holds(browse, sent, demo):
    page = post(browse(None), sha256=sent.sha256).text
    texts = [text for text in demo.entered.texts if len(text) > 12]
    assert texts
    assert [text for text in texts if text in page] == []


@pytest.mark.parametrize(
    ("fixture", "of_hash", "of_file"),
    [
        ("final", "This hash belongs to a final report that has not been sent yet", "Genuine, but not sent yet"),
        ("sent", "This hash belongs to the report that was sent", "This is the data of the report that was sent"),
    ],
)
def test_the_page_says_whether_it_was_sent(browse, request, fixture, of_hash, of_file):
    report = request.getfixturevalue(fixture)
    assert of_hash in post(browse(None), sha256=report.sha256).text
    assert of_file in post(browse(None), file=report.content.encode()).text


def test_a_hash_alone_does_not_vouch_for_the_document_that_carries_it(browse, given_out):
    for sha256 in (given_out.sha256, given_out.documents.get(format="pdf").sha256):
        page = post(browse(None), sha256=sha256).text
        assert "To be sure of a document, check its file." in page
        assert "exactly as the portal gave it out" not in page


def test_the_page_says_when_there_is_a_later_supplement(browse, sent, demo, user):
    supplement = freeze(demo.report, user("coordinator2"), number=2)
    assert "A later document exists: supplement No. 1." in post(browse(None), sha256=sent.sha256).text
    page = post(browse(None), sha256=supplement.sha256).text
    assert "Supplement No. 1 to the consolidated information" in page
    assert "A later document exists" not in page


def test_the_page_marks_a_demonstration(browse, sent, user):
    mark = "Demonstration data: these texts and figures are made up."
    assert mark not in post(browse(None), sha256=sent.sha256).text
    reporter = user("reporter.akt")
    reporter.is_demonstration = True
    reporter.save()
    sent.copies.set(filed("akimat-akt", reporter).copies.all())
    copy = sent.copies.get()
    assert copy.filed_by.username == "signatory.akt"
    type(reporter).objects.filter(pk=copy.filed_by_id).update(is_demonstration=True)
    assert mark in post(browse(None), sha256=sent.sha256).text


def test_only_readers_of_reports_see_what_the_report_says_instead(browse, given_out, rendered):
    altered = changed_workbook(rendered["xlsx"], lambda book: set_numbers(book, 987_654))
    ours = verify_file(altered).cells[0]["ours"]
    cells = {name: post(browse(name), file=altered) for name in (None, "reporter.akt", "analyst")}
    assert all("987654" in page.text for page in cells.values())
    assert {name: f">{ours}<" in page.text for name, page in cells.items()} == {
        None: False,
        "reporter.akt": False,
        "analyst": True,
    }


def test_a_workbook_made_to_ask_the_report_out_learns_nothing(browse, given_out, rendered):
    altered = changed_workbook(rendered["xlsx"], lambda book: set_numbers(book, 987_654, count=25))
    page = post(browse(None), file=altered).text
    assert "More than 20 cells differ." in page
    assert "987654" not in page
    assert "25 cells differ. The first 20 are listed." in post(browse("coordinator"), file=altered).text


def test_a_file_that_only_claims_to_be_the_report_learns_nothing_of_how_it_was_sent(browse, sent):
    claim = {"programme": {"slug": "children-2007-2011"}, "period": {"code": "2008-H2"}, "number": 1}
    page = post(browse(None), file=json.dumps(claim).encode()).text
    assert "This is not the report: its content differs" in page
    assert "07-15/123" not in page
    assert "Үкімет аппараты" not in page


def test_the_page_tells_who_signed(browse, given_out, rendered, settings, tmp_path):
    settings.SIGNING_CERTIFICATE, settings.SIGNING_PASSPHRASE = pkcs12_file(tmp_path), PASSPHRASE
    signed = signing.sign(rendered["pdf"])
    give_out(given_out, "signed.pdf", signed)
    page = post(browse(None), file=signed).text
    assert NAME in page
    assert "This is a file of the report that was sent" in page
    page = post(browse(None), file=with_one_byte_changed(signed)).text
    assert "This is not the file that was given out" in page
    assert "broken: the file was changed after signing" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Enter a hash or choose a file."),
        ({"sha256": "abc"}, "A SHA-256 has 64 signs"),
        ({"sha256": UNKNOWN, "file": b"x"}, "Enter the hash or choose a file, not both."),
        ({"file": b"x" * (MAX_SIZE + 1)}, "The file is larger than 20 MB."),
    ],
    ids=["nothing", "no hash", "both", "too large"],
)
def test_a_mistake_is_answered_in_the_form(browse, fields, message):
    page = post(browse(None), **fields)
    assert page.status_code == 422
    assert message in page.text


def test_what_was_typed_stays_in_the_form(browse):
    assert 'value="abc&lt;"' in post(browse(None), sha256="abc<").text


def test_an_empty_file_is_just_unknown(browse):
    page = post(browse(None), file=b"")
    assert (page.status_code, "Not known" in page.text) == (200, True)


def test_an_unreadable_file_gets_a_plain_answer(browse):
    page = post(browse(None), file=b"PK\x03\x04nonsense")
    assert (page.status_code, "The file could not be checked" in page.text) == (200, True)


def test_when_too_many_files_are_being_read_the_page_says_so(browse, monkeypatch):
    monkeypatch.setattr(foreign_files, "PATIENCE", 0)
    with foreign_files._SLOTS, foreign_files._SLOTS:
        page = post(browse(None), file=b'{"a":1}')
    assert (page.status_code, "Too many files are being checked" in page.text) == (503, True)


def test_asking_needs_the_token_of_the_form(sent):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(URL, {"sha256": sent.sha256}).status_code == 403


def test_a_question_costs_a_fixed_number_of_queries(browse, given_out, rendered, django_assert_num_queries):
    browser = browse(None)
    with django_assert_num_queries(1):
        browser.get(URL)
    # The frame's, the file's, the report's.
    for sha256 in (UNKNOWN, given_out.sha256, given_out.documents.get(format="pdf").sha256):
        with django_assert_num_queries(3):
            post(browser, sha256=sha256)
    # The report that it names, and its workbooks; its data for the languages in which none was given out.
    altered = changed_workbook(rendered["xlsx"], lambda book: set_numbers(book, 987_654))
    with django_assert_num_queries(6):
        post(browser, file=altered)
