"""Who may do what: one table, and what does not stand in it is refused."""

import pytest

from services.roles import ALLOWED, Act, Role, may

SHOWING_PLATES = {Act.ask_reads, Act.confirm_readings, Act.consult, Act.see_rejects, Act.open_rejects, Act.see_trials,
                  Act.read_audit, Act.export_audit, Act.review_consultations, Act.report_plates,
                  Act.register_decisions, Act.compare_decisions, Act.approve_questions, Act.keep_colleagues,
                  Act.hear_overdue}
"""Acts behind which a plate can stand, if only in a question that somebody asked."""


def test_every_role_stands_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


def test_every_act_is_somebodys() -> None:
    assert set().union(*ALLOWED.values()) == set(Act)


@pytest.mark.parametrize("role", Role)
def test_what_the_table_does_not_say_is_refused(role: Role) -> None:
    assert {act for act in Act if may(role, act)} == ALLOWED[role]
    assert not may(role, "open-everything")  # type: ignore[arg-type]


def test_a_role_that_is_not_in_the_table_may_do_nothing() -> None:
    assert not any(may("chief", act) for act in Act)  # type: ignore[arg-type]


def test_nobody_widens_the_table_while_it_runs() -> None:
    with pytest.raises(TypeError):
        ALLOWED[Role.traffic] = frozenset(Act)  # type: ignore[index]


def test_r19_the_technical_administrator_has_no_act_that_shows_plates() -> None:
    assert not ALLOWED[Role.technical_administrator] & SHOWING_PLATES


def test_passages_are_asked_for_by_police_alone() -> None:
    assert {role for role in Role if may(role, Act.ask_reads)} == {
        Role.investigator, Role.tecint, Role.dispatcher, Role.traffic}


def test_whoever_asks_for_passages_looks_after_nothing_that_judges_them() -> None:
    for role in Role:
        if may(role, Act.ask_reads):
            assert not ALLOWED[role] & {Act.read_audit, Act.review_consultations, Act.confirm_rules, Act.manage_users,
                                        Act.change_gateways, Act.change_cameras}


def test_who_manages_accounts_neither_sees_passages_nor_what_was_asked() -> None:
    assert {role for role in Role if may(role, Act.manage_users)} == {Role.technical_administrator}


def test_the_rules_are_the_dpos_and_reports_on_a_plate_too() -> None:
    for act in (Act.confirm_rules, Act.report_plates, Act.keep_colleagues):
        assert {role for role in Role if may(role, act)} == {Role.dpo}


def test_messages_are_opened_in_full_by_who_has_a_purpose_and_seen_masked_by_who_mends_them() -> None:
    assert {role for role in Role if may(role, Act.open_rejects)} == {Role.tecint}
    assert {role for role in Role if may(role, Act.see_rejects)} == {Role.tecint, Role.camera_manager, Role.integrator}
