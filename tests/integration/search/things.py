"""One of everything that an address can name, for walks over all routes."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from services.clock import utc_now
from services.sessions import token_hash
from tests.integration.search.actions_world import add_things as add_action_things
from tests.integration.search.followed_world import Followed
from tests.integration.search.world import World

PLATE = "3ABC123"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make_things(world: World, said: str = "Reeks inbraken te Bree", sent: str = "",
                plate: str = PLATE) -> dict[str, str]:
    """Add one of everything and return what addresses call it.

    `said` is everything that a colleague once typed, `sent` what came from a gateway (else the same words).
    """
    now, sent = utc_now(), sent or said
    colleague = world.add_user("els.maes", "tecint", f"Els {said}"[:100])
    camera_id = int(str(world.run("SELECT camera_id FROM cameras WHERE code = 'BRE01A'")[0][0]))
    read_id = world.add_read(plate, now - timedelta(hours=1), camera_id, plate_raw=plate, make="Volkswagen",
                             model=sent[:60], direction="towards", confidence=0.9, images=0)
    envelope = json.dumps({"topic": "anpr/v1/bree/reads", "payload": base64.b64encode(plate.encode()).decode()})
    digest = world.add_reject(envelope.encode(), now - timedelta(hours=1), topic=f"anpr/v1/bree/{sent}"[:200],
                              detail=sent, excerpt=json.dumps({"plate": "9-AAA-999", "remark": sent}))
    world.run("UPDATE rejects SET detail = %s", sent)
    world.add_trial(now - timedelta(hours=1), plate=plate, plate_raw=plate, camera=sent[:60])
    ids = {"read_id": str(read_id), "digest": digest, "name": "bree", "code": "BRE01A", "camera": "BRE01A",
           "camera_id": str(camera_id), "user_id": str(colleague), "username": "els.maes", "audit_id": "1"}
    ids |= add_action_things(world, colleague, said, plate) | _watching(world, colleague, said, plate)
    return ids | _people(world, colleague, said) | _hit(world, colleague, said, plate, str(read_id)) | {
        "channel_id": _channel(world, said)}


def _hit(world: World, colleague: int, said: str, plate: str, read_id: str) -> dict[str, str]:
    """Add a hit of the investigators, its entry, what came of it so far."""
    followed, investigation = Followed(world), 3
    list_id = followed.add_list("onderzoek", name=said[:60], category="investigation", audience_id=investigation,
                                priority=2, instruction=said[:200])
    entry_id = followed.add_entry(
        list_id, plate, measure=said[:300], reason=said[:1000], legal_basis=said[:300], authority=said[:120],
        file_number=f"7 {said}"[:60], requester=said[:120], requested_by=colleague, audience_id=investigation)
    hit_id = followed.add_hit(plate=plate, audience_id=investigation, remark=said)
    followed.add_alert(hit_id, entry_id, plate=plate, audience_id=investigation, read_id=UUID(read_id), images=0,
                       make=said[:60], direction="towards")
    followed.add_event(hit_id, "raised")
    return {"hit_id": str(hit_id), "hours": "8"}


def _channel(world: World, said: str) -> str:
    """Add where hits are sent, with a message that was given up."""
    ((channel_id,),) = world.run(
        "INSERT INTO channels (name, kind, address, audience_id) "
        "VALUES (%s, 'webhook', 'https://cad.zone.example/', 4) RETURNING channel_id", said[:60])
    world.run("INSERT INTO hit_deliveries (channel_id, dead_at, last_error) VALUES (%s, now(), %s)", channel_id, said)
    return str(channel_id)


def _people(world: World, colleague: int, said: str) -> dict[str, str]:
    """Add what a colleague stated, registered, asked for and was told."""
    now = utc_now()
    consultation_id, approval_id, session_id, token_id = (uuid4() for _ in range(4))
    world.run("INSERT INTO consultations (consultation_id, user_id, purpose, file_number, reason, opened_at, "
              "expires_at, origin, pv_due_at, flags) VALUES (%s, %s, 'judicial-crime', %s, %s, %s, %s, 'urgent', %s, "
              "'{same-reason}')",
              consultation_id, colleague, f"7 {said}"[:60], said, now - timedelta(hours=2), now + timedelta(hours=6),
              now + timedelta(hours=70))
    ((decision_id,),) = world.run(
        "INSERT INTO prosecutor_decisions (reference, file_number, magistrate, decided_on, reasons, "
        "offence_of_a_year, since, until, expires_at, document, document_name, document_sha256, registered_by, "
        "registered_at) VALUES (%s, %s, %s, %s, %s, true, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING decision_id",
        f"NTLI {said}"[:80], f"7 {said}"[:60], said[:100], now.date(), said, now - timedelta(days=90), now,
        now + timedelta(days=30), PDF, f"{said[:60]}.pdf", sha256(PDF).digest(), colleague, now)
    world.run("INSERT INTO approvals (approval_id, consultation_id, question_key, question, address, asked_by, "
              "refused_at, asked_at, remark, expires_at) VALUES (%s, %s, %s, %s, '/reads?plate=3A*', %s, %s, %s, %s, "
              "%s)", approval_id, consultation_id, sha256(said.encode()).digest()[:16], said, colleague, now, now, said,
              now + timedelta(hours=4))
    world.run("INSERT INTO sessions (token_hash, user_id, created_at, expires_at, session_id, client_address) "
              "VALUES (%s, %s, %s, %s, %s, '10.0.0.7')", token_hash("another"), colleague, now,
              now + timedelta(hours=8), session_id)
    world.run("INSERT INTO api_tokens (token_hash, user_id, expires_at, token_id, name, scope) "
              "VALUES (%s, %s, %s, %s, %s, '{see-cameras}')", token_hash("yet another"), colleague,
              now + timedelta(days=1), token_id, said[:60])
    return {"consultation_id": str(consultation_id), "decision_id": str(decision_id), "approval_id": str(approval_id),
            "session_id": str(session_id), "token_id": str(token_id)}


def _watching(world: World, colleague: int, said: str, plate: str) -> dict[str, str]:
    """Add a group, a list, and an entry that a colleague asked for."""
    now = utc_now()
    world.run("INSERT INTO audiences (code, name, user_ids) VALUES ('two', %s, %s)", said[:80], [colleague])
    ((list_id,),) = world.run(
        "INSERT INTO watchlists (code, name, category, state, priority, audience_id, instruction, legal_basis, "
        "authority, document) VALUES ('gestolen', %s, 'stolen-vehicle', 'live', 1, 1, %s, %s, %s, %s) "
        "RETURNING list_id", said[:80], said[:300], said[:300], said[:120], said[:300])
    ((entry_id,),) = world.run(
        "INSERT INTO watch_entries (entry_id, list_id, plate, measure, reason, legal_basis, authority, file_number, "
        "requester, requested_by, since, until, audience_id, priority, made_by, made_at, first_made_at) VALUES "
        "(nextval('watch_entry_ids'), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 1, %s, %s, %s) "
        "RETURNING entry_id", list_id, plate, said[:300], said, said[:300], said[:120], f"7 {said}"[:60], said[:120],
        colleague, now - timedelta(hours=1), now + timedelta(days=9), colleague, now, now)
    ((delivery_id,),) = world.run(
        "INSERT INTO watch_deliveries (list_id, kind, sha256, made_by, made_at, content, rest, counts, refused) VALUES "
        "(%s, 'paste', %s, %s, %s, %s, %s, %s, '[[1, 2, \"plate\"]]') RETURNING delivery_id", list_id,
        sha256(plate.encode()).digest(), colleague, now, plate.encode(), json.dumps({"reason": said}), json.dumps(
            dict.fromkeys(("lines", "refused", "added", "changed", "ended", "same", "held", "before"), 1)))
    return {"list_code": "gestolen", "group_code": "two", "entry_id": str(entry_id), "list_id": str(list_id),
            "delivery_id": str(delivery_id)}
