# For deploy-aci: exactly what it calls (deploy-permissions.tf), each action only where it is needed. A role of
# Azure has one list of actions for every scope that it is given at, so there is one role for each scope.
locals {
  # By kind of resource. What is not there, nobody is allowed to use.
  deploy_scope = merge(
    {
      "resource-group" = local.resource_group.id
      "subscription"   = local.subscription
      "identity"       = azurerm_user_assigned_identity.app.id
      "registry"       = local.registry.id
    },
    var.container_group.subnet_id == null ? {} : { "subnet" = var.container_group.subnet_id },
  )
  deploy_actions = {
    for kind, scope in local.deploy_scope : kind => [
      for action, kinds in local.deploy_permissions : action if contains(kinds, kind)
    ]
  }
  # A role is kept by a subscription or a resource group, wherever in it the role is given.
  deploy_keeper = {
    for kind, scope in local.deploy_scope : kind => regex("^/subscriptions/[^/]+(?:/(?i:resourceGroups)/[^/]+)?", scope)
  }
}

resource "azurerm_user_assigned_identity" "deploy" {
  name                = "${local.name}-deploy"
  resource_group_name = local.resource_group.name
  location            = local.location
  tags                = local.tags
}

# Names of roles are taken in the whole tenant.
resource "azurerm_role_definition" "deploy" {
  for_each    = { for kind, actions in local.deploy_actions : kind => actions if length(actions) > 0 }
  name        = "${local.name}-deploy-${each.key}-${local.suffix[local.name]}"
  description = "What deploy-aci calls on this ${each.key}, and nothing else"
  scope       = local.deploy_keeper[each.key]

  permissions {
    actions = each.value
  }
}

resource "azurerm_role_assignment" "deploy" {
  for_each           = azurerm_role_definition.deploy
  scope              = local.deploy_scope[each.key]
  role_definition_id = each.value.role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.deploy.principal_id
  principal_type     = "ServicePrincipal"
  description        = "deploy-aci deploys ${var.github.repository} to ${var.environment}"
}
