"""The database roles: what each program may do to each table is written here, and nothing beyond it is allowed."""

from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RaiseException

from tests.integration.services.trails import SEALED, UNSEALED

RIGHTS = {
    "zoneschild_ingest": {
        "gateways": "SELECT", "cameras": "SELECT", "gateway_cameras": "SELECT", "reads": "SELECT INSERT",
        "plates": "SELECT INSERT UPDATE", "passages": "SELECT INSERT UPDATE", "camera_states": "SELECT INSERT UPDATE",
        "gateway_days": "SELECT INSERT UPDATE", "rejects": "SELECT INSERT", "image_spool": "SELECT INSERT DELETE",
        "gateway_credentials": "SELECT", "trial_reads": "SELECT INSERT", "gateway_reject_days": "SELECT INSERT UPDATE",
        "camera_clocks": "SELECT INSERT UPDATE", "camera_places": "SELECT",
        "camera_rhythms": "SELECT INSERT UPDATE DELETE", "camera_silences": "SELECT INSERT UPDATE DELETE",
        "camera_counts": "SELECT INSERT UPDATE DELETE",
        "camera_papers": "SELECT", "camera_off_times": "SELECT", "audit": "SELECT INSERT",
        **dict.fromkeys(("audiences", "watchlists", "watch_entries", "onward_shares", "onward_turns", "actions",
                         "action_cameras", "action_teams", "channels", "lookalike_evidence"), "SELECT"),
        **dict.fromkeys(("watch_days", "hits", "hit_mover", "hit_deliveries", "action_vehicles"),
                        "SELECT INSERT UPDATE"),
        "alerts": "SELECT INSERT UPDATE DELETE", "follow_batches": "SELECT INSERT DELETE",
        "hit_events": "SELECT INSERT", "action_alerts": "SELECT INSERT", "notices": "INSERT"},
    "zoneschild_search": {
        "gateways": "SELECT INSERT", "cameras": "SELECT INSERT UPDATE",
        "gateway_cameras": "SELECT INSERT UPDATE",
        "reads": "SELECT", "plates": "SELECT", "camera_states": "SELECT", "gateway_days": "SELECT",
        "image_spool": "SELECT", "users": "SELECT INSERT UPDATE", "api_tokens": "SELECT INSERT",
        "sessions": "SELECT INSERT UPDATE DELETE", "oidc_attempts": "SELECT INSERT DELETE",
        "prosecutor_decisions": "SELECT INSERT", "approvals": "SELECT INSERT", "notices": "SELECT INSERT",
        "gate_settings": "SELECT INSERT UPDATE", "colleague_plates": "SELECT INSERT DELETE",
        "sample_reviews": "SELECT INSERT", "saved_searches": "SELECT INSERT DELETE",
        "camera_papers": "SELECT INSERT", "camera_off_times": "SELECT",
        "consultations": "SELECT INSERT", "audit": "SELECT INSERT", "trial_reads": "SELECT",
        "gateway_reject_days": "SELECT", "camera_clocks": "SELECT", "camera_places": "SELECT",
        "camera_rhythms": "SELECT", "camera_silences": "SELECT", "camera_counts": "SELECT",
        "camera_legs": "SELECT", "leg_times": "SELECT",
        "confirmations": "SELECT INSERT", "lookalike_evidence": "SELECT",
        **dict.fromkeys(("watch_days", "alerts", "hits", "hit_mover", "onward_shares", "onward_turns",
                         "action_vehicles", "action_alerts", "hit_deliveries"), "SELECT"),
        **dict.fromkeys(("audiences", "watchlists", "watch_entries", "channels", "actions"), "SELECT INSERT UPDATE"),
        "watch_deliveries": "SELECT INSERT UPDATE", "hit_events": "SELECT INSERT",
        "action_cameras": "SELECT INSERT UPDATE DELETE", "action_teams": "SELECT INSERT UPDATE DELETE",
        "action_reports": "SELECT INSERT"},
}
COLUMNS = {
    "zoneschild_ingest": {("reads", "UPDATE"): {
        "superseded", "images", "images_pending", "confidence", "speed_kmh", "lane", "country", "country_raw",
        "direction", "facing", "make", "model", "colour", "vehicle_type", "confidence_raw"},
                          ("rejects", "UPDATE"): {"gateway_id", "reason", "detail", "captured_at", "expires_at",
                                                  "replay_asked_at", "replayed_at", "replay_outcome"},
                          ("follow_batches", "UPDATE"): {"made_at"}, ("hit_events", "UPDATE"): {"number"},
                          # Whom to tell that nobody took a hit: no names, and no notices of others.
                          ("users", "SELECT"): {"user_id", "role", "disabled_at"},
                          ("notices", "SELECT"): {"notice_id"}},
    "zoneschild_search": {("consultations", "UPDATE"): {"ended_at", "pv_number", "pv_given_at", "told_at"},
                          ("gateways", "UPDATE"): {"settings"}, ("api_tokens", "UPDATE"): {"ended_at", "used_at"},
                          ("prosecutor_decisions", "UPDATE"): {"compared_by", "compared_at", "refused_because",
                                                               "revoked_by", "revoked_at", "revoked_because"},
                          ("approvals", "UPDATE"): {"address", "refused_at", "expires_at", "asked_at", "remark",
                                                    "decided_by", "decided_at", "agreed", "answer"},
                          ("notices", "UPDATE"): {"seen_at"},
                          ("sample_reviews", "UPDATE"): {"finding", "remark", "reviewed_by", "reviewed_at"},
                          ("camera_papers", "UPDATE"): {
                              "council_decision", "council_decided_on", "dpia_reference", "dpia_made_on",
                              "register_entry", "pictogram_since", "changed_by", "changed_at"},
                          ("rejects", "SELECT"): {"digest", "received_at", "expires_at", "gateway_id", "topic",
                                                  "reason", "detail", "excerpt", "captured_at", "replay_asked_at",
                                                  "replayed_at", "replay_outcome"},
                          ("rejects", "UPDATE"): {"replay_asked_at"},
                          ("confirmations", "UPDATE"): {"plate_shown", "confirmed_at"},
                          ("hits", "UPDATE"): {
                              "state", "claimed_by", "claimed_at", "confirmed_by", "confirmed_at", "confirmed_on",
                              "dispatched_by", "dispatched_at", "disposition", "ended_by", "ended_at", "remark",
                              "escalated_at"},
                          ("hit_deliveries", "INSERT"): {"channel_id", "made_at", "next_at"},
                          ("hit_deliveries", "UPDATE"): {"attempts", "made_at", "next_at", "dead_at"},
                          ("action_vehicles", "UPDATE"): {"team_id", "taken_at", "outcome", "outcome_at",
                                                          "outcome_by", "remark"}},
}


@pytest.mark.parametrize("role", RIGHTS)
def test_a_program_has_exactly_these_rights(owner: Any, role: str) -> None:
    owner.execute("SELECT ensure_reads_week(date_trunc('week', now())::date)")
    whole: dict[str, set[str]] = {}
    for row in owner.execute("SELECT table_name, privilege_type FROM information_schema.role_table_grants "
                             "WHERE grantee IN (%s, 'PUBLIC') AND table_schema = 'public'", [role]):
        whole.setdefault(row["table_name"], set()).add(row["privilege_type"])
    assert whole == {table: set(rights.split()) for table, rights in RIGHTS[role].items()}
    columns: dict[tuple[str, str], set[str]] = {}
    for row in owner.execute("SELECT table_name, privilege_type, column_name FROM information_schema.column_privileges "
                             "WHERE grantee = %s AND table_schema = 'public'", [role]):
        if row["privilege_type"] not in whole.get(row["table_name"], set()):
            columns.setdefault((row["table_name"], row["privilege_type"]), set()).add(row["column_name"])
    assert columns == COLUMNS[role]


@pytest.mark.parametrize("statement", [
    "DELETE FROM reads", "TRUNCATE reads", "UPDATE reads SET plate = 'x'", "DELETE FROM plates", "DELETE FROM passages",
    "UPDATE audit SET question = ''", "DELETE FROM audit", "TRUNCATE audit", "DELETE FROM rejects",
    "SELECT username FROM users", "SELECT password_hash FROM users", "SELECT subject FROM notices",
    "UPDATE rejects SET body = NULL", "DROP TABLE reads", "ALTER TABLE audit DISABLE TRIGGER ALL",
    "CREATE TABLE x (y int)",
    "SET session_replication_role = replica", "UPDATE gateways SET name = ''",
])
def test_ingest_may_not(as_ingest: Any, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        as_ingest.execute(statement)


@pytest.mark.parametrize("statement", [
    "SELECT body FROM rejects", "SELECT * FROM rejects", "UPDATE audit SET question = ''", "DELETE FROM audit",
    "TRUNCATE audit", "INSERT INTO reads DEFAULT VALUES", "UPDATE reads SET superseded = true", "DELETE FROM reads",
    "SELECT ensure_reads_week(current_date)", "DELETE FROM users", "SELECT FROM passages",
    "UPDATE api_tokens SET scope = '{}'", "UPDATE consultations SET reason = ''", "DELETE FROM consultations",
    "UPDATE consultations SET scope = NULL", "UPDATE prosecutor_decisions SET plates = NULL",
    "DELETE FROM prosecutor_decisions", "UPDATE approvals SET question_key = ''", "DELETE FROM approvals",
    "DELETE FROM gate_settings", "UPDATE colleague_plates SET plate_key = ''", "DELETE FROM sample_reviews",
    "DELETE FROM notices", "DELETE FROM camera_papers",
    "ALTER TABLE audit DISABLE TRIGGER ALL", "CREATE TEMP TABLE x (y int)", "DELETE FROM rejects",
    "UPDATE gateways SET state = 'live'", "UPDATE gateways SET decoding = '{}'", "SELECT FROM gateway_credentials",
])
def test_search_may_not(as_search: Any, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        as_search.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE audit SET question = ''", "DELETE FROM audit", "TRUNCATE audit"])
@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_not_even_the_owner_changes_the_audit(database: Any, database_template: Any, who: str, statement: str) -> None:
    superuser = database_template.superuser_url.rsplit("/", 1)[0] + f"/{database.name}"
    with psycopg.connect(database.owner_url if who == "owner" else superuser, autocommit=True) as connection:
        connection.execute(SEALED)
        with pytest.raises(RaiseException, match="append-only"):
            connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_row_of_the_audit_without_seals_or_with_a_number_that_is_taken_is_refused(as_search: Any) -> None:
    with pytest.raises(psycopg.errors.NotNullViolation):
        as_search.execute(UNSEALED)
    as_search.execute(SEALED)
    with pytest.raises(psycopg.errors.UniqueViolation):
        as_search.execute(SEALED)


def test_nobody_else_may_connect(database: Any, database_template: Any) -> None:
    with psycopg.connect(database_template.superuser_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN")
        assert connection.execute("SELECT has_database_privilege('stranger', %s, 'CONNECT')",
                                  [database.name]).fetchone() == (False,)
        connection.execute("DROP ROLE stranger")
