# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""TLS with a private CA, and the forward proxy before both kinds of receiver."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
import requests

from testbed.fakes.wavefront import ForwardProxy, PrivateCa, WavefrontReceiver

if TYPE_CHECKING:
    from pathlib import Path

LINE = "a 1 source=x"


def test_only_the_private_ca_is_trusted(tmp_path: Path, session: requests.Session) -> None:
    with WavefrontReceiver(tls=(ca := PrivateCa(tmp_path))) as wf:
        assert wf.url.startswith("https://")
        with pytest.raises(requests.exceptions.SSLError):
            session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5)

        session.verify = str(ca.ca_path)
        for host in (wf.url, wf.url.replace("127.0.0.1", "localhost")):
            assert session.post(f"{host}/report?f=wavefront", data=LINE, timeout=5).status_code == 202


def test_a_client_certificate_is_demanded(tmp_path: Path, session: requests.Session) -> None:
    ca = PrivateCa(tmp_path, require_client_cert=True)
    assert stat.S_IMODE(ca.client_key.stat().st_mode) == 0o600
    session.verify = str(ca.ca_path)

    with WavefrontReceiver(tls=ca) as wf:
        with pytest.raises(requests.ConnectionError):
            session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5)
        assert wf.requests == []

        session.cert = (str(ca.client_cert), str(ca.client_key))
        assert session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5).status_code == 202


def test_a_client_certificate_of_another_ca_is_refused(tmp_path: Path, session: requests.Session) -> None:
    (tmp_path / "other").mkdir()
    other = PrivateCa(tmp_path / "other")
    ca = PrivateCa(tmp_path, require_client_cert=True)
    session.verify, session.cert = str(ca.ca_path), (str(other.client_cert), str(other.client_key))

    with WavefrontReceiver(tls=ca) as wf, pytest.raises(requests.ConnectionError):
        session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5)


def test_plain_requests_pass_the_proxy_over_one_connection(wf: WavefrontReceiver, session: requests.Session) -> None:
    with ForwardProxy() as proxy:
        session.proxies = {"http": proxy.url}
        for number in range(3):
            data = f"{LINE} number={number}"
            assert session.post(f"{wf.url}/report?f=wavefront", data=data, timeout=5).status_code == 202

        assert proxy.requests == [f"POST {wf.url}/report?f=wavefront"] * 3
        assert proxy.tunnels == []
    assert (wf.unique, wf.connections) == (3, 1)


def test_tls_passes_the_proxy_in_a_tunnel(tmp_path: Path, session: requests.Session) -> None:
    with ForwardProxy() as proxy, WavefrontReceiver(tls=(ca := PrivateCa(tmp_path))) as wf:
        session.proxies, session.verify = {"https": proxy.url}, str(ca.ca_path)
        for number in range(3):
            data = f"{LINE} number={number}"
            assert session.post(f"{wf.url}/report?f=wavefront", data=data, timeout=5).status_code == 202

        assert proxy.tunnels == [f"127.0.0.1:{wf.port}"]
        assert proxy.requests == []
        assert (wf.unique, wf.connections) == (3, 1)


def test_a_proxy_with_credentials_lets_nobody_else_through(wf: WavefrontReceiver, session: requests.Session) -> None:
    def send(credentials: str) -> int:
        session.proxies = {"http": proxy.url.replace("://", f"://{credentials}")}
        return session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5).status_code

    with ForwardProxy(credentials="user:secret") as proxy:
        assert [send(""), send("user:wrong@")] == [407, 407]
        assert (proxy.refused, proxy.requests, wf.requests) == (2, [], [])

        assert send("user:secret@") == 202
        assert len(proxy.requests) == 1


def test_a_proxy_whose_target_is_down(wf: WavefrontReceiver, session: requests.Session) -> None:
    with ForwardProxy() as proxy, wf.down():
        session.proxies = {"http": proxy.url}
        with pytest.raises(requests.ConnectionError):
            session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=5)
