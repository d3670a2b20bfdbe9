# Who logged in to the registry and pushed to it, and who read a secret. What containers print only by choice:
# Azure keeps the key of the workspace as a secret of the group, so each deployment has to give it again.
locals {
  logging = var.logs.create || var.logs.workspace_id != null
  # As a whole it would be a secret, for the keys in it.
  workspace = {
    id           = one(concat(azurerm_log_analytics_workspace.this[*].id, data.azurerm_log_analytics_workspace.this[*].id))
    workspace_id = one(concat(azurerm_log_analytics_workspace.this[*].workspace_id, data.azurerm_log_analytics_workspace.this[*].workspace_id))
    key          = one(concat(azurerm_log_analytics_workspace.this[*].primary_shared_key, data.azurerm_log_analytics_workspace.this[*].primary_shared_key))
  }
}

data "azurerm_log_analytics_workspace" "this" {
  count               = var.logs.workspace_id == null ? 0 : 1
  name                = element(split("/", var.logs.workspace_id), 8)
  resource_group_name = element(split("/", var.logs.workspace_id), 4)
}

resource "azurerm_log_analytics_workspace" "this" {
  count               = var.logs.create ? 1 : 0
  name                = "${local.name}-logs"
  resource_group_name = local.resource_group.name
  location            = local.location
  sku                 = "PerGB2018"
  retention_in_days   = var.logs.days
  daily_quota_gb      = var.logs.daily_gb
  tags                = local.tags
}

resource "azurerm_monitor_diagnostic_setting" "registry" {
  count                      = local.logging && var.registry.create ? 1 : 0
  name                       = "${local.name}-registry"
  target_resource_id         = local.registry.id
  log_analytics_workspace_id = local.workspace.id

  dynamic "enabled_log" {
    for_each = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"]
    content {
      category = enabled_log.value
    }
  }
}

resource "azurerm_monitor_diagnostic_setting" "vault" {
  count                      = local.logging && var.vault.create ? 1 : 0
  name                       = "${local.name}-vault"
  target_resource_id         = azurerm_key_vault.this[0].id
  log_analytics_workspace_id = local.workspace.id

  enabled_log {
    category = "AuditEvent"
  }
}
