# A subscription that is made up; IDs in the form that the provider checks.
mock_data "azurerm_client_config" {
  defaults = {
    client_id       = "0b1f6471-0000-4dda-aec3-000000000001"
    tenant_id       = "0b1f6471-0000-4dda-aec3-000000000002"
    subscription_id = "0b1f6471-0000-4dda-aec3-000000000003"
    object_id       = "0b1f6471-0000-4dda-aec3-000000000004"
  }
}
mock_data "azurerm_resource_group" {
  defaults = {
    id       = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/there-already"
    location = "westeurope"
  }
}
mock_data "azurerm_container_registry" {
  defaults = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/thereAlready"
    login_server = "therealready.azurecr.io"
  }
}
mock_data "azurerm_log_analytics_workspace" {
  defaults = {
    id                 = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/there-already"
    workspace_id       = "0b1f6471-0000-4dda-aec3-00000000000a"
    primary_shared_key = "made-up-key-there-already"
  }
}
mock_resource "azurerm_resource_group" {
  defaults = {
    id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production"
  }
}
mock_resource "azurerm_container_registry" {
  defaults = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ContainerRegistry/registries/mocked"
    login_server = "mocked.azurecr.io"
  }
}
mock_resource "azurerm_user_assigned_identity" {
  defaults = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mocked"
    client_id    = "0b1f6471-0000-4dda-aec3-000000000005"
    principal_id = "0b1f6471-0000-4dda-aec3-000000000006"
    tenant_id    = "0b1f6471-0000-4dda-aec3-000000000002"
  }
}
mock_resource "azurerm_role_definition" {
  defaults = {
    role_definition_id          = "0b1f6471-0000-4dda-aec3-000000000007"
    role_definition_resource_id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/providers/Microsoft.Authorization/roleDefinitions/0b1f6471-0000-4dda-aec3-000000000007"
  }
}
mock_resource "azurerm_key_vault" {
  defaults = {
    id        = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.KeyVault/vaults/mocked"
    vault_uri = "https://mocked.vault.azure.net/"
  }
}
mock_resource "azurerm_container_group" {
  defaults = {
    id         = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ContainerInstance/containerGroups/mocked"
    ip_address = "203.0.113.7"
    fqdn       = "shop-production.a1b2c3d4e5f6.eastus.azurecontainer.io"
  }
}
mock_resource "azurerm_log_analytics_workspace" {
  defaults = {
    id                 = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.OperationalInsights/workspaces/mocked"
    workspace_id       = "0b1f6471-0000-4dda-aec3-000000000008"
    primary_shared_key = "made-up-key"
  }
}
mock_resource "azurerm_monitor_action_group" {
  defaults = {
    id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.Insights/actionGroups/mocked"
  }
}
mock_resource "azurerm_application_insights" {
  defaults = {
    id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.Insights/components/mocked"
  }
}
mock_resource "azurerm_application_insights_standard_web_test" {
  defaults = {
    id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.Insights/webTests/mocked"
  }
}
