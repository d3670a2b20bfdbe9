# Who of GitHub is trusted: this repository, and of it one environment (deploy) or some refs (build).
# https://docs.github.com/actions/reference/security/oidc
locals {
  issuer   = trimprefix(var.github.issuer, "https://")
  provider = one(concat(aws_iam_openid_connect_provider.github, data.aws_iam_openid_connect_provider.github))

  github_owner      = split("/", var.github.repository)[0]
  github_repository = split("/", var.github.repository)[1]
  # How `sub` begins: with names, and with names and the numbers that never change.
  subjects = concat(
    var.github.trust_names ? ["repo:${var.github.repository}"] : [],
    var.github.owner_id == null ? [] : [
      "repo:${local.github_owner}@${coalesce(var.github.owner_id, 0)}/${local.github_repository}@${coalesce(var.github.repository_id, 0)}",
    ],
  )
  may_deploy = [for subject in local.subjects : "${subject}:environment:${var.environment}"]
  may_build  = flatten([for subject in local.subjects : [for ref in var.github.build_refs : "${subject}:ref:${ref}"]])

  # Only a tag may have a *, and only StringLike reads it as one.
  trust = {
    for role, subjects in { deploy = local.may_deploy, build = local.may_build } : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.provider.arn }
        Condition = {
          for operator, condition in {
            StringEquals = merge(
              { "${local.issuer}:aud" = "sts.amazonaws.com" },
              length(local.patterns[role]) > 0 ? {} : { "${local.issuer}:sub" = subjects },
            )
            StringLike = length(local.patterns[role]) > 0 ? { "${local.issuer}:sub" = subjects } : {}
          } : operator => condition if length(condition) > 0
        }
      }]
    })
  }
  patterns = {
    deploy = []
    build  = [for subject in local.may_build : subject if strcontains(subject, "*")]
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.github.create_provider ? 1 : 0
  url            = var.github.issuer
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_openid_connect_provider" "github" {
  count = var.github.create_provider ? 0 : 1
  url   = var.github.issuer
}
