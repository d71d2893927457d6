"""`scute-auth emulator`, run as a program."""

import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from scute_auth.cli import main


@contextmanager
def running(*arguments: str) -> Generator[dict[str, str], None, None]:
    """The `SCUTE_*` lines of a running emulator."""
    command = [sys.executable, "-m", "scute_auth.cli", "emulator", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: dict[str, str] = {}
        while "SCUTE_EMULATOR" not in lines:
            line = process.stdout.readline()
            assert line, "it ended early"
            if match := re.fullmatch(r"export (SCUTE_\w+)=(.*)\n", line):
                lines[match[1]] = match[2]
        yield lines
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_it_prints_what_an_app_needs(tmp_path: Path, signing_key: rsa.RSAPrivateKey) -> None:
    pem = tmp_path / "key.pem"
    pem.write_bytes(
        signing_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    login = "http://127.0.0.1:8001/auth/callback"
    options = ["--app-id", "app_x", "--secret", "s", "--login-url", login]
    options += ["--webhook-url", "http://127.0.0.1:1/auth/webhook"]

    with running(
        *options, "--access-lifetime", "60", "--signing-key", str(pem), "--kid", "k1"
    ) as e:
        url = e["SCUTE_BASE_URL"]
        app = httpx2.get(f"{url}/v1/apps/app_x", trust_env=False).json()
        keys = httpx2.get(f"{url}/v1/auth/app_x/jwks", trust_env=False).json()
        secret = {"authorization": "Bearer s"}
        hooks = httpx2.get(f"{url}/v1/apps/app_x/webhooks", headers=secret, trust_env=False).json()

    assert (e["SCUTE_APP_ID"], e["SCUTE_SECRET"], e["SCUTE_EMULATOR"]) == ("app_x", "s", "1")
    assert e["SCUTE_WEBHOOK_SECRETS"].startswith("whsec_")
    assert [each["url"] for each in hooks["webhook_endpoints"]] == [options[-1]]
    assert (app["login_url"], app["access_expiration"]) == (login, 60)
    assert [key["kid"] for key in keys["keys"]] == ["k1"]


def test_each_start_has_a_secret_and_a_key_of_its_own() -> None:
    def start() -> tuple[str, str]:
        with running() as lines:
            url = lines["SCUTE_BASE_URL"]
            answer = httpx2.get(f"{url}/v1/auth/app_demo/jwks", trust_env=False)
            return lines["SCUTE_SECRET"], answer.json()["keys"][0]["n"]

    one, other = start(), start()

    assert one[0] != other[0]
    assert one[1] != other[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--secret", "scapp_" + "a1" * 10], "looks like one of a live Scute app"),
        (["--host", "0.0.0.0"], "this machine only"),
        (["--signing-key", "/nonexistent.pem"], "No such file"),
        (["--access-lifetime", "x"], "invalid int value"),
        (["--login-url", "localhost:8100"], "give a URL like"),
        (["--webhook-url", "https://crm.example/hooks"], "this machine only"),
    ],
    ids=["live secret", "host", "no key", "no number", "no URL", "webhooks to others"],
)
def test_a_wrong_start_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    status: object
    try:
        status = main(["emulator", *options])
    except SystemExit as end:
        status = end.code

    assert status == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert said in last
    assert "a1a1" not in last


@pytest.mark.parametrize("module", ["uvicorn", "jinja2", "webauthn"])
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: str
) -> None:
    forget_the_emulator(monkeypatch)
    monkeypatch.setitem(sys.modules, module, None)

    assert main(["emulator"]) == 2
    assert capsys.readouterr().err == (
        "scute-auth: the emulator needs its extra: pip install 'scute-auth[emulator]'\n"
    )


def test_a_fault_of_our_own_is_not_taken_for_a_missing_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget_the_emulator(monkeypatch)
    monkeypatch.setitem(sys.modules, "scute_emulator.control", None)

    with pytest.raises(ModuleNotFoundError, match=r"scute_emulator\.control"):
        main(["emulator"])


def forget_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "scute_emulator"]:
        monkeypatch.delitem(sys.modules, name)
