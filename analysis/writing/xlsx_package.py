"""What holds the sheets of an Excel workbook together: the list of them, the styles, the parts of the package."""

from pathlib import Path
from zipfile import ZipFile

from .sheets import escaped, quoted

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = Path(__file__).with_name("xlsx_styles.xml")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_opening(archive: ZipFile) -> None:
    """What is known before the first row; by these first parts programs tell a workbook from any other ZIP file."""
    archive.writestr(
        "_rels/.rels",
        f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    archive.writestr("xl/styles.xml", STYLES.read_bytes())


def write_frame(archive: ZipFile, names: list[str], areas: list[str]) -> None:
    """What holds the sheets together. `areas`: of the sheets with rows, which are the first."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{quoted(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{position}" hidden="1">{_quoted(name)}!{area}'
        "</definedName>"
        for position, (name, area) in enumerate(zip(names, areas, strict=False))
    )
    archive.writestr(
        "xl/workbook.xml",
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets><definedNames>{filters}</definedNames></workbook>",
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    archive.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId0" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{TYPES}.worksheet+xml"/>'
        for number in numbers
    )
    archive.writestr(
        "[Content_Types].xml",
        f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>{parts}</Types>',
    )


def _quoted(sheet: str) -> str:
    return escaped("'" + sheet.replace("'", "''") + "'")
