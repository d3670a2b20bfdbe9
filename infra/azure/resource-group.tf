# One for each environment: who deploys may do so anywhere in it.
locals {
  resource_group = one(concat(azurerm_resource_group.this, data.azurerm_resource_group.this))
}

data "azurerm_resource_group" "this" {
  count = var.resource_group.create ? 0 : 1
  name  = coalesce(var.resource_group.name, local.name)
}

resource "azurerm_resource_group" "this" {
  count    = var.resource_group.create ? 1 : 0
  name     = coalesce(var.resource_group.name, local.name)
  location = local.location
  tags     = local.tags
}
