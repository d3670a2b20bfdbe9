# Who of GitHub is trusted: this repository, and of it one environment (deploy) or some refs (build).
# https://docs.github.com/actions/reference/security/oidc
locals {
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
  may_build = flatten([
    for subject in local.subjects : concat(
      [for ref in var.github.build_refs : "${subject}:ref:${ref}"],
      [for environment in var.github.build_environments : "${subject}:environment:${environment}"],
    )
  ])

  # A name says what the credential is for; the hash tells those apart that would have the same name.
  credentials = {
    for identity, subjects in { deploy = local.may_deploy, build = local.may_build } : identity => {
      for subject in subjects : join("-", [
        substr(replace(replace(subject, "/^repo:[^:]+:/", ""), "/[^A-Za-z0-9]+/", "-"), 0, 80),
        substr(sha256(subject), 0, 8),
      ]) => subject
    }
  }
}

# Entra compares the whole subject: there are no patterns.
resource "azurerm_federated_identity_credential" "deploy" {
  for_each                  = local.credentials.deploy
  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.deploy.id
  issuer                    = var.github.issuer
  audience                  = [local.audience]
  subject                   = each.value
}

resource "azurerm_federated_identity_credential" "build" {
  for_each                  = local.credentials.build
  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.build.id
  issuer                    = var.github.issuer
  audience                  = [local.audience]
  subject                   = each.value
}
