"""`manage.py consolidate`: the file, or an error that names the argument and leaves nothing behind."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from reports import documents
from reports.consolidation import signing
from reports.consolidation.building import consolidate

from .scenes import accepted, finalised, sent

pytestmark = pytest.mark.django_db
SLUG = "children-2007-2011"
BEGINNINGS = {"docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "pdf": b"%PDF-", "json": b'{"basis":'}


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command into a file of the temporary folder; returns that file."""

    def run(programme=SLUG, period="2009-H1", fmt="json", lang="kk", output=None, number=1):
        file = output or tmp_path / f"report.{fmt}"
        call_command(
            "consolidate", programme, period, "--format", fmt, "--lang", lang, "--number", str(number),
            "--output", str(file),
        )  # fmt: skip
        return file

    return run


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("fmt", documents.CONTENT_TYPES)
def test_writes_every_format_in_every_language(run, programme, fmt, lang):
    file = run(fmt=fmt, lang=lang)
    content = file.read_bytes()
    assert content.startswith(BEGINNINGS[fmt])
    report = consolidate(programme.periods.get(code="2009-H1"))
    assert content == documents.render(report, fmt, lang)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_finalised_report_gives_its_stored_file(run, programme, user):
    period = programme.periods.get(code="2009-H1")
    accepted("akimat-akt", user)
    report = finalised(period, user)
    accepted("akimat-kus", user, narrative="Кейінгі мәтін")
    assert run(fmt="json").read_text(encoding="utf-8") == report.content
    content = run(fmt="pdf", lang="ru").read_bytes()
    stored = report.documents.get()
    assert (stored.format, stored.language) == ("pdf", "ru")
    assert content == bytes(stored.content) == run(fmt="pdf", lang="ru").read_bytes()


def test_a_supplement_has_its_number(run, programme, user):
    period = programme.periods.get(code="2009-H1")
    accepted("akimat-akt", user)
    sent(finalised(period, user), user)
    accepted("akimat-kus", user)
    with pytest.raises(CommandError, match=r"--number: 2009-H1 has no finalised report No\. 2"):
        run(number=2)
    supplement = finalised(period, user)
    assert run(number=2).read_text(encoding="utf-8") == supplement.content


def test_only_a_finalised_report_is_signed_and_only_with_a_certificate(run, programme, user, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="--format: only a finalised report can be signed"):
        run(fmt="signed.pdf")
    accepted("akimat-akt", user)
    finalised(programme.periods.get(code="2009-H1"), user)
    with pytest.raises(CommandError, match=r"--format: .*no certificate"):
        run(fmt="signed.pdf")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(signing, "sign", lambda pdf: pdf + b" signed")
    assert run(fmt="signed.pdf").read_bytes().endswith(b" signed")


def test_says_what_it_wrote(run, capsys):
    file = run()
    assert capsys.readouterr().out == f"{file} written.\n"
    assert json.loads(file.read_text(encoding="utf-8"))["period"]["code"] == "2009-H1"


def test_replaces_a_file_that_is_there(run, tmp_path):
    (tmp_path / "report.json").write_text("old")
    assert run().read_bytes().startswith(b"{")


def test_unknown_programme(run, tmp_path):
    with pytest.raises(CommandError, match=f"PROGRAMME: there is no programme “elders”. Known: {SLUG}."):
        run(programme="elders")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("period", ["2006-H1", "2009-H3", "2009", "", "2009-h1"])
def test_unknown_period_lists_the_known_ones(run, tmp_path, period):
    with pytest.raises(CommandError, match=f"PERIOD: .*“{period}”. Known: 2007-H2, .*2011-H2"):
        run(period=period)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("period", "why"), [("2011-H1", "lapsed"), ("2009-H2", "has not ended")])
def test_period_without_a_report(run, tmp_path, period, why):
    with pytest.raises(CommandError, match=f"PERIOD {period}: .*{why}"):
        run(period=period)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/report.json", "file/report.json"])
def test_output_in_a_folder_that_is_none(run, tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"--output: .* cannot be written"):
        run(output=tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_output_that_is_a_folder(run, tmp_path):
    with pytest.raises(CommandError, match=r"--output: .* is not a file"):
        run(output=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_output_on_a_full_disk_leaves_the_old_file(run, tmp_path, monkeypatch):
    file = run()
    before = file.read_bytes()

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(CommandError, match="No space left"):
        run(lang="ru")
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "odt", "--output", "x"],
        ["--format", "pdf", "--lang", "de", "--output", "x"],
        ["--format", "pdf"],
        ["--output", "x"],
    ],
)
def test_wrong_option_exits_non_zero(arguments):
    with pytest.raises(CommandError, match=r"--format|--lang|--output|required"):
        call_command("consolidate", SLUG, "2009-H1", *arguments)


def test_from_the_shell_an_error_is_one_line_and_a_code(tmp_path):
    """A process of its own, with an empty database file: not even the tables are there to trace back into."""
    command = [sys.executable, "manage.py", "consolidate", SLUG, "2009-H1", "--format", "odt", "--output", "x"]
    environment = {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "LANG": "C.UTF-8"}
    ran = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "--format" in ran.stderr
    assert "Traceback" not in ran.stderr
