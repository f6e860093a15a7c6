import signal
from pathlib import Path

import httpx2
from demo.test_demo import READY, demo, url_in
from support.commands import run, running


def test_a_hold_is_shown_as_a_mail_and_heard_as_a_webhook(tmp_path: Path) -> None:
    with running(*demo(tmp_path)) as shown:
        url, key_file = url_in(shown.wait_for(READY)), tmp_path / "api-key"
        access = ("--url", url, "--key-file", str(key_file))
        with running("webhooks", "listen", "--event", "hold.opened", *access) as listening:
            listening.wait_for("Stop with Ctrl-C.")
            asked = run("check", *access, "--customer", "DEMO-HOLD", "--amount", "100.00")
            heard = listening.wait_for('"reasons": [')
            mailed = shown.wait_for("Creditgate has sent this mail")
            code = listening.end(signal.SIGINT)
            said = shown.said + listening.said
        headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
        left = httpx2.get(f"{url}/v1/webhooks", headers=headers, trust_env=False).json()
    assert (asked.returncode, code, left["items"]) == (20, 0, [])
    assert "Mail to credit@example.com: Order on hold: CLI-" in mailed
    assert "hold.opened  " in heard
    assert "  genuine\n" in heard
    assert "Traceback" not in said


def test_a_service_that_may_not_reach_this_machine_says_how_it_may(tmp_path: Path) -> None:
    with running(*demo(tmp_path), webhook_networks="10.0.0.0/8") as shown:
        url = url_in(shown.wait_for(READY))
        done = run("webhooks", "listen", "--url", url, "--key-file", str(tmp_path / "api-key"))
    assert done.returncode == 64
    assert "CREDITGATE_WEBHOOK_NETWORKS=127.0.0.0/8" in done.stderr


def test_a_secret_that_is_none_is_refused() -> None:
    done = run("webhooks", "listen", "--secret", "whsec_???")
    assert (done.returncode, "whsec_" in done.stderr) == (64, True)
