"""What `make faults` goes through, in its order; the processes that do it know the rest."""

OPERATIONS = (
    "filing on the page",
    "filing by the API",
    "sending for signature",
    "accepting",
    "returning",
    "saving an entry",
    "autosave",
    "attaching a file",
    "replacing a file",
    "removing a file",
    "uploading a workbook",
    "confirming a workbook",
    "confirming an import",
    "an import by a worker",
    "an export by a worker",
    "handing over the report",
    "finalising the report",
    "sending the report",
    "a document of the report",
    "reminders",
    "the outbox",
    "loading the programme",
    "sweeping",
)
# Of those, what takes minutes.
LONG = ("confirming an import", "loading the programme")
OUTAGES = {
    "cut_at_every_statement": "the connection cut, or the database locked, at each statement of a save",
    "gone_and_back": "the database away between two requests, and back",
    "full_for_an_attachment": "no room for an attachment",
    "no_folder_for_attachments": "the storage of attachments taken away",
    "full_for_an_export": "no room for the result of an export",
    "no_memory_for_an_export": "no memory for an export",
}
# Where the database is a file of the serving process.
OUTAGES_OF_FILES = {
    "read_only": "a database file that can be read and not written",
    "full_for_the_database": "no room for the database file",
}
