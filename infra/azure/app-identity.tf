# What the container group is: it pulls the image and reads the secrets of the vault. The app in it can do the
# same. The output app-principal-id takes roles of your own.
resource "azurerm_user_assigned_identity" "app" {
  name                = "${local.name}-app"
  resource_group_name = local.resource_group.name
  location            = local.location
  tags                = local.tags
}

resource "azurerm_role_assignment" "pull" {
  scope                = local.registry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.app.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "secrets" {
  count                = length(azurerm_key_vault.this)
  scope                = azurerm_key_vault.this[0].id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.app.principal_id
  principal_type       = "ServicePrincipal"
}
