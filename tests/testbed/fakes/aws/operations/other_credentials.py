# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Passwords, and the kinds of credentials that nobody here has: tools that delete users ask for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.models import service_model
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.entities import OtherCredential, User


@iam
def create_login_profile(call: Call) -> dict[str, Any]:
    user = call.user()
    if user.password_created:
        raise AwsError("EntityAlreadyExists", f"Login Profile for user {user.name} already exists.")
    user.password_created = call.now
    return _profile(user)


@iam
def get_login_profile(call: Call) -> dict[str, Any]:
    return _profile(_with_password(call))


@iam
def delete_login_profile(call: Call) -> None:
    _with_password(call).password_created = None


@iam
def list_mfa_devices(call: Call) -> dict[str, Any]:
    call.user()
    return {"MFADevices": [], "IsTruncated": False}


@iam
def list_signing_certificates(call: Call) -> dict[str, Any]:
    call.user()
    return {"Certificates": [], "IsTruncated": False}


@iam
def list_ssh_public_keys(call: Call) -> dict[str, Any]:
    user = call.user()
    keys = [
        {"UserName": user.name, "SSHPublicKeyId": key.id, "Status": key.status, "UploadDate": key.created}
        for key in user.ssh_keys
    ]
    return {"SSHPublicKeys": keys, "IsTruncated": False}


@iam
def list_service_specific_credentials(call: Call) -> dict[str, Any]:
    users = call.account.users.items(call.now) if call.params.get("AllUsers") else [call.user()]
    entries = [
        (f"{user.name}/{each.id}", _service_credential(user, each))
        for user in users
        for each in user.service_credentials
    ]
    found, rest = page(call, sorted(entries, key=lambda entry: entry[0]))
    return {"ServiceSpecificCredentials": found, **(rest if all_users_known() else {})}


def all_users_known() -> bool:
    operation = service_model("iam").operation_model("ListServiceSpecificCredentials")
    return operation.input_shape is not None and "AllUsers" in operation.input_shape.members


def _service_credential(user: User, credential: OtherCredential) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "Status": credential.status,
        "ServiceUserName": f"{user.name}-at-{credential.id}",
        "CreateDate": credential.created,
        "ServiceSpecificCredentialId": credential.id,
        "ServiceName": credential.service,
        # Older versions of botocore know neither this nor AllUsers.
        **({"ExpirationDate": credential.expires} if credential.expires and all_users_known() else {}),
    }


def _with_password(call: Call) -> User:
    user = call.user()
    if user.password_created is None:
        raise AwsError("NoSuchEntity", f"Login Profile for User {user.name} cannot be found.")
    return user


def _profile(user: User) -> dict[str, Any]:
    details = {"UserName": user.name, "CreateDate": user.password_created, "PasswordResetRequired": False}
    return {"LoginProfile": details}
