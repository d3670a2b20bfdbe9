# Secrets that a container group names by reference: Azure gives a value that it was told to nobody, so that a
# deployment can keep a reference, and can only lose a value.
resource "azurerm_key_vault" "this" {
  count               = var.vault.create ? 1 : 0
  name                = coalesce(var.vault.name, "${trim(substr(local.name, 0, 17), "-")}-${local.suffix[local.name]}")
  resource_group_name = local.resource_group.name
  location            = local.location
  tenant_id           = data.azurerm_client_config.this.tenant_id
  sku_name            = "standard"

  rbac_authorization_enabled = true
  purge_protection_enabled   = var.vault.purge_protection
  soft_delete_retention_days = var.vault.soft_delete_days
  tags                       = local.tags
}

resource "azurerm_role_assignment" "officers" {
  for_each             = var.vault.create ? var.vault.officers : []
  scope                = azurerm_key_vault.this[0].id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = each.value
}
