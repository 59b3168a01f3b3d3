"""Triggers by which the database itself keeps the audit: it is continued at its end, and nowhere else changed."""

RECORDS, HEADS = "accounts_auditrecord", "accounts_audithead"
KEPT = "the audit is kept as it was written"
CONTINUED = "the audit is continued at its end alone"

_AT_ITS_END = f"""
    UPDATE {HEADS} SET number = NEW.number, sha256 = NEW.sha256
    WHERE lane = NEW.lane AND number = NEW.number - 1 AND sha256 = NEW.previous;"""

_SQLITE = f"""
CREATE TRIGGER {RECORDS}_continued AFTER INSERT ON {RECORDS} BEGIN {_AT_ITS_END}
    SELECT RAISE(ABORT, '{CONTINUED}') WHERE changes() = 0;
END;
CREATE TRIGGER {RECORDS}_kept_from_update BEFORE UPDATE ON {RECORDS} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END;
CREATE TRIGGER {RECORDS}_kept_from_delete BEFORE DELETE ON {RECORDS} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END;
CREATE TRIGGER {HEADS}_moved_on BEFORE UPDATE ON {HEADS}
    WHEN NEW.lane <> OLD.lane OR NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, '{KEPT}'); END;
CREATE TRIGGER {HEADS}_kept_from_delete BEFORE DELETE ON {HEADS} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END;
"""

_POSTGRESQL = f"""
CREATE FUNCTION accounts_audit_continue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_AT_ITS_END}
    IF NOT FOUND THEN RAISE EXCEPTION '{CONTINUED}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION accounts_audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {RECORDS}_continued AFTER INSERT ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION accounts_audit_continue();
CREATE TRIGGER {RECORDS}_kept BEFORE UPDATE OR DELETE ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION accounts_audit_keep();
CREATE TRIGGER {RECORDS}_kept_whole BEFORE TRUNCATE ON {RECORDS} EXECUTE FUNCTION accounts_audit_keep();
CREATE TRIGGER {HEADS}_moved_on BEFORE UPDATE ON {HEADS} FOR EACH ROW
    WHEN (NEW.lane <> OLD.lane OR NEW.number <> OLD.number + 1) EXECUTE FUNCTION accounts_audit_keep();
CREATE TRIGGER {HEADS}_kept BEFORE DELETE ON {HEADS} FOR EACH ROW EXECUTE FUNCTION accounts_audit_keep();
CREATE TRIGGER {HEADS}_kept_whole BEFORE TRUNCATE ON {HEADS} EXECUTE FUNCTION accounts_audit_keep();
"""


def keep(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(_POSTGRESQL, params=None)
        return
    for statement in _SQLITE.split("CREATE TRIGGER")[1:]:
        schema_editor.execute(f"CREATE TRIGGER{statement}", params=None)


def release(apps, schema_editor) -> None:
    """The tables go with their triggers."""
    if schema_editor.connection.vendor != "sqlite":
        for name in ("continue", "keep"):
            schema_editor.execute(f"DROP FUNCTION accounts_audit_{name}() CASCADE")
        return
    names = ("continued", "kept_from_update", "kept_from_delete")
    for trigger in [f"{RECORDS}_{name}" for name in names] + [f"{HEADS}_moved_on", f"{HEADS}_kept_from_delete"]:
        schema_editor.execute(f"DROP TRIGGER {trigger}")
