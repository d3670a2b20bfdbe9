locals {
  registry_name = coalesce(var.registry.name, "${replace(var.project_name, "-", "")}${local.suffix[var.project_name]}")
  # As a whole it would be a secret, for the password in it.
  registry = {
    id           = one(concat(azurerm_container_registry.this[*].id, data.azurerm_container_registry.this[*].id))
    login_server = one(concat(azurerm_container_registry.this[*].login_server, data.azurerm_container_registry.this[*].login_server))
  }
  repository = "${local.registry.login_server}/${var.project_name}"
}

data "azurerm_container_registry" "this" {
  count               = var.registry.create ? 0 : 1
  name                = local.registry_name
  resource_group_name = coalesce(var.registry.resource_group, local.resource_group.name)
}

resource "azurerm_container_registry" "this" {
  count               = var.registry.create ? 1 : 0
  name                = local.registry_name
  resource_group_name = local.resource_group.name
  location            = local.location
  sku                 = var.registry.sku
  # A password for everybody who may read it. Jobs and the app come with tokens.
  admin_enabled = false

  retention_policy_in_days  = var.registry.untagged_days
  quarantine_policy_enabled = var.registry.quarantine ? true : null
  zone_redundancy_enabled   = var.registry.zone_redundant
  tags                      = local.tags
}
