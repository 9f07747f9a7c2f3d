# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# The role that keyward.iam assumes, for one account: use it as a module with a provider for each account.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "trusted_arn" {
  description = "ARN of the user or role that may assume the role."
  type        = string
}

variable "role_name" {
  type    = string
  default = "keyward-collector"
}

variable "external_id" {
  description = "External id that the collector must give. Empty for none."
  type        = string
  default     = ""
  sensitive   = true
}

variable "optional_rights" {
  description = "Whether the collector may also read tags, SSH keys and service-specific credentials."
  type        = bool
  default     = false
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.trusted_arn]
    }

    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "collector" {
  statement {
    sid       = "ReadAccessKeys"
    actions   = ["iam:ListUsers", "iam:ListAccessKeys"]
    resources = ["*"]
  }

  statement {
    sid       = "ReadCredentialReport"
    actions   = ["iam:GetCredentialReport", "iam:GenerateCredentialReport"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.optional_rights ? ["ReadWhatOptionsAskFor"] : []

    content {
      sid = statement.value
      actions = [
        "iam:GetAccountAuthorizationDetails",
        "iam:ListUserTags",
        "iam:ListServiceSpecificCredentials",
        "iam:ListSSHPublicKeys",
      ]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "collector" {
  name                 = var.role_name
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "collector" {
  name   = "keyward-collector"
  role   = aws_iam_role.collector.id
  policy = data.aws_iam_policy_document.collector.json
}

output "role_arn" {
  value = aws_iam_role.collector.arn
}
