"""What a permission is, what a route may put into a resource, and how a decision is read."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scute_auth.authz import Decision, Permission, PermissionRequirement, decision, decisions
from scute_auth.errors import ConfigError

REFUND = PermissionRequirement("refund", "invoice:{id}")


def resource(template: str, **params: Any) -> str | None:
    permission = PermissionRequirement("refund", template).at(params).filled()
    return None if permission is None else permission.resource


class TestTheResource:
    @pytest.mark.parametrize(
        ("template", "params", "filled"),
        [
            ("invoice:{id}", {"id": "7"}, "invoice:7"),
            ("invoice:{id}", {"id": 7, "other": "x"}, "invoice:7"),
            ("invoice:{id}", {"id": UUID(int=7)}, f"invoice:{UUID(int=7)}"),
            ("invoice:{id}", {"id": "größe"}, "invoice:größe"),
            ("invoice:{id}", {"id": "ana@example.com"}, "invoice:ana@example.com"),
            ("repo:{owner}/{name}", {"owner": "a", "name": "b"}, "repo:a/b"),
            ("page:start", {}, "page:start"),
            ("page:start/{id}", {"id": "{id}"[1:3]}, "page:start/id"),
        ],
        ids=str,
    )
    def test_it_is_filled_from_the_route(
        self, template: str, params: dict[str, Any], filled: str
    ) -> None:
        assert resource(template, **params) == filled

    def test_a_permission_may_be_about_nothing_in_particular(self) -> None:
        assert PermissionRequirement("invite").filled() == Permission("invite")

    @pytest.mark.parametrize(
        "value",
        [
            "", ".", "..", "1/../2", "1/2", "1\\2", "1:admin", "admin:1", "*", "1*", "?", "1#2",
            "%2f", "1%3Aadmin", " 1", "1 2", "1\t", "1\n", "1\x00", "1\x7f", "1\u200b", "1\u2028",
            "1\u202e2", "\u00a0", "{id}", '"1"', "'1'", "<1>", "x" * 257,
            None, b"1", ["1:2"], {"a": 1},
        ],
        ids=ascii,
    )  # fmt: skip
    def test_what_is_no_single_segment_names_nothing(self, value: Any) -> None:
        """C09: a value must never make it another resource than the one that the view touches."""
        assert resource("invoice:{id}", id=value) is None

    @given(st.text(max_size=300))
    def test_whatever_comes_it_stays_one_segment_of_one_kind(self, value: str) -> None:
        found = resource("invoice:{id}", id=value)

        assert found is None or found == f"invoice:{value}"
        assert found is None or found.count(":") == 1
        assert found is None or "/" not in found

    @given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
    def test_two_routes_never_mean_the_same(self, a: str, b: str, c: str, d: str) -> None:
        one = resource("repo:{a}/{b}", a=a, b=b)
        other = resource("repo:{a}/{b}", a=c, b=d)

        assert one is None or one != other or (a, b) == (c, d)


@pytest.mark.parametrize(
    ("resource", "is_sound"),
    [
        (None, True),
        ("invoice:7", True),
        ("repo:a/b", True),
        ("invoice", False),
        (":7", False),
        ("in/voice:7", False),
        ("invoice:7:8", False),
        ("repo:a/../b", False),
        ("repo:a//b", False),
    ],
)
def test_a_permission_knows_whether_its_resource_is_one(
    resource: str | None, is_sound: bool
) -> None:
    assert Permission("read", resource).is_sound is is_sound


class TestMisuse:
    @pytest.mark.parametrize(
        "template",
        [
            "", "invoice", ":", "invoice:", ":{id}", "invoice:{}", "invoice:{id", "invoice:{id}}",
            "invoice:{id.secret}", "invoice:{id[0]}", "invoice:{id!r}", "invoice:{id:x}",
            "invoice:a b", "invoice:{a}{b}", "invoice:{a}-{b}", "invoice:/{id}", "invoice:../{id}",
            "in/voice:{id}", "invoice:{0}", "{kind}:{id}",
        ],
        ids=repr,
    )  # fmt: skip
    def test_a_resource_that_makes_no_sense_is_an_error_at_once(self, template: str) -> None:
        with pytest.raises(ConfigError, match="is no resource"):
            PermissionRequirement("refund", template)

    @pytest.mark.parametrize(
        "action", ["", "re fund", "refund\n", "refund/all", "x" * 129], ids=repr
    )
    def test_an_action_that_makes_no_sense_is_an_error_at_once(self, action: str) -> None:
        with pytest.raises(ConfigError, match="is no action"):
            PermissionRequirement(action)

    def test_a_name_that_the_route_lacks_is_said(self) -> None:
        REFUND.check(["id", "other"], "/invoices")
        with pytest.raises(ConfigError, match="/invoices has no 'id'"):
            REFUND.check(["number"], "/invoices")

    def test_a_name_that_is_missing_never_passes(self) -> None:
        with pytest.raises(ConfigError, match="the route has no 'id'"):
            REFUND.at({"number": "7"}).filled()
        with pytest.raises(ConfigError, match="the route has no 'id'"):
            REFUND.filled()


class TestADecision:
    def test_it_is_read_as_scute_writes_it(self) -> None:
        step_up = {"method": "totp", "authorizes_action": "invoice:refund", "ttl": 300}
        answer = {
            "decision": "allow_with_step_up",
            "explanation": "Ana may,\n  once she confirms it.",
            "reason": "verification_required",
            "roles": ["billing"],
            "step_up": step_up,
            "permission": "invoice:refund",
        }

        assert decision(answer) == Decision(
            "allow_with_step_up",
            "Ana may, once she confirms it.",
            "verification_required",
            ("billing",),
            "invoice:refund",
            "totp",
        )

    @pytest.mark.parametrize("told", ["ALLOW", "allowed", "yes", "allow ", "allow_with_a_smile"])
    def test_a_word_that_nobody_knows_is_no_yes(self, told: str) -> None:
        found = decision({"decision": told, "allowed": True})

        assert (found.outcome, found.is_allowed) == ("deny", False)

    @pytest.mark.parametrize(
        ("outcome", "is_allowed"),
        [
            ("allow", True),
            ("deny", False),
            ("allow_with_step_up", False),
            ("allow_with_approval", False),
        ],
    )
    def test_only_allow_is_a_yes(self, outcome: str, is_allowed: bool) -> None:
        assert decision({"decision": outcome}).is_allowed is is_allowed

    @pytest.mark.parametrize(
        "value", [{}, {"decision": None}, {"decision": True}, [], None], ids=repr
    )
    def test_what_says_nothing_is_no_decision(self, value: Any) -> None:
        with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
            decision(value)

    def test_strange_extras_do_no_harm(self) -> None:
        found = decision({"decision": "deny", "explanation": {"a": 1}, "step_up": [], "reason": 7})

        assert found == Decision("deny")

    def test_a_step_up_is_for_the_permission_if_nothing_else_is_said(self) -> None:
        answer = {"decision": "allow_with_step_up", "permission": "invoice:refund"}

        assert decision(answer).authorizes == "invoice:refund"

    def test_several_keep_their_order(self) -> None:
        answer = {"results": [{"decision": "deny"}, {"decision": "allow"}]}

        assert [each.is_allowed for each in decisions(answer)] == [False, True]
