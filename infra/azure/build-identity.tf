# For build-push: pushes images to the registry, reads them back, moves tags.
resource "azurerm_user_assigned_identity" "build" {
  name                = "${local.name}-build"
  resource_group_name = local.resource_group.name
  location            = local.location
  tags                = local.tags
}

resource "azurerm_role_assignment" "build" {
  scope                = local.registry.id
  role_definition_name = "AcrPush"
  principal_id         = azurerm_user_assigned_identity.build.principal_id
  principal_type       = "ServicePrincipal"
  description          = "build-push pushes images of ${var.github.repository}"
}
