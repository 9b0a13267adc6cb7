"""Zalo's signatures and hashes, against values worked out elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from bot.channels.zalo.signature import Signing, appsecret_proof, challenge, phone_hash

APP, OA, SECRET, MOMENT = "360846524940903967", "388613280878808645", "OA_SECRET_TEST", "1754908534740"
BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":'
    '"552177279717587730","recipient":{"id":"388613280878808645"},"event_name":"user_send_text",'
    '"message":{"text":"xin chào","msg_id":"96d3cdf3af150460909"},"timestamp":"1754908534740"}'
).encode()
MAC = "9313b9883e87b4fdda8dc45ca9237cd2986a5bb81f4f69dc44e1f613afafe05d"
OURS = Signing(APP, {"app_secret": "another", "oa_secret": SECRET})


def mac(*parts: bytes) -> str:
    return "mac=" + hashlib.sha256(b"".join(parts)).hexdigest()


OA_FIRST = mac(OA.encode(), BODY, MOMENT.encode(), SECRET.encode())


def test_the_published_event_is_zalo_s_own() -> None:
    assert len(BODY) == 266
    for header in (f"mac={MAC}", MAC, f" MAC = {MAC.upper()} "):
        assert OURS.variant(BODY, header) == "oa_secret/app_id"


def test_which_secret_it_was_is_told() -> None:
    assert Signing(APP, {"app_secret": SECRET}).variant(BODY, f"mac={MAC}") == "app_secret/app_id"


def test_the_account_s_id_as_first_term_counts_only_where_it_is_switched_on() -> None:
    assert OA_FIRST.startswith("mac=e919e842")
    assert OA_FIRST.endswith("0664")
    assert OURS.variant(BODY, OA_FIRST) is None
    assert Signing(APP, {"oa_secret": SECRET}, OA).variant(BODY, OA_FIRST) == "oa_secret/oa_id"


@pytest.mark.parametrize(
    ("what", "body", "header"),
    [
        ("no header", BODY, ""),
        ("a wrong one", BODY, "mac=" + "0" * 64),
        ("a short one", BODY, "mac=9313"),
        ("another name", BODY, f"sha256={MAC}"),
        ("not hex and not ASCII", BODY, "mac=" + "é" * 64),
        ("a changed body", BODY.replace("chào".encode(), b"chao"), f"mac={MAC}"),
        ("the same body written differently", json.dumps(json.loads(BODY)).encode(), f"mac={MAC}"),
        ("no object", b"[]", f"mac={MAC}"),
        ("no JSON", b"{", f"mac={MAC}"),
        ("deep nonsense", b"[" * 100_000, f"mac={MAC}"),
    ],
)
def test_what_is_not_zalo_s_is_refused(what: str, body: bytes, header: str) -> None:
    assert OURS.variant(body, header) is None, what


def test_an_hmac_over_the_same_is_refused() -> None:
    made = hmac.new(SECRET.encode(), APP.encode() + BODY + MOMENT.encode(), hashlib.sha256).hexdigest()
    assert OURS.variant(BODY, f"mac={made}") is None


def test_another_app_s_event_is_refused_though_its_signature_is_right() -> None:
    body = BODY.replace(APP.encode(), b"111")
    right = mac(b"111", body, MOMENT.encode(), SECRET.encode())
    assert OURS.variant(body, right) is None
    assert OURS.variant(body, mac(APP.encode(), body, MOMENT.encode(), SECRET.encode())) is None


def test_the_moment_may_come_in_a_header_where_the_body_has_none() -> None:
    body = json.dumps({"app_id": APP, "event_name": "follow"}).encode()
    header = mac(APP.encode(), body, MOMENT.encode(), SECRET.encode())
    assert OURS.variant(body, header) is None
    assert OURS.variant(body, header, MOMENT) == "oa_secret/app_id"


def test_an_empty_secret_signs_nothing() -> None:
    forged = mac(APP.encode(), BODY, MOMENT.encode())
    assert Signing(APP, {"oa_secret": ""}).variant(BODY, forged) is None


def test_the_challenge_of_a_verifier() -> None:
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    with pytest.raises(ValueError, match="43"):
        challenge("short")


def test_the_proof_of_the_app_s_secret() -> None:
    proof = "13c84e1f6f52f01132698172e32412a2192e615166b0e8702095f21ca36c1ff1"
    assert appsecret_proof("APP_SECRET_TEST", "ACCESS_TOKEN_TEST") == proof


def test_the_hash_of_a_phone() -> None:
    found = "116ce31ae9170769b075a11dedca1198f41d30318334919fb90917e9c617b438"
    assert phone_hash("84987654321") == found
