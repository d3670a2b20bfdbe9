# The first ones have the names of the inputs of deploy-aci and of ship-aci.yml that take them.
output "azure-client-id" {
  description = "Identity of the deploy job."
  value       = azurerm_user_assigned_identity.deploy.client_id
}

output "azure-tenant-id" {
  value = data.azurerm_client_config.this.tenant_id
}

output "azure-subscription-id" {
  value = data.azurerm_client_config.this.subscription_id
}

output "resource-group" {
  value = local.resource_group.name
}

output "name" {
  description = "Name of the container group."
  value       = local.group_name
}

output "location" {
  value = local.location
}

output "container" {
  value = var.container_group.container
}

output "dns-label" {
  description = "null for a group in a subnet."
  value       = local.dns_label
}

output "identity" {
  description = "ID of the identity that the container group has, and pulls its image with."
  value       = azurerm_user_assigned_identity.app.id
}

output "health-url" {
  description = "Where the app answers; null where deployments create the group: its address is known then."
  value       = local.health_url
}

output "image" {
  description = "Input `image` of ship-aci.yml: the repository, without tag."
  value       = local.repository
}

output "build-azure-client-id" {
  description = "Input `build-azure-client-id` of ship-aci.yml, and `azure-client-id` of build-push."
  value       = azurerm_user_assigned_identity.build.client_id
}

output "build-azure-tenant-id" {
  description = "Input `build-azure-tenant-id` of ship-aci.yml, and `azure-tenant-id` of build-push."
  value       = data.azurerm_client_config.this.tenant_id
}

output "settings" {
  description = "Settings file of deploy-aci: terraform output -raw settings > deploy/ENVIRONMENT.yml"
  value = yamlencode({
    resource-group        = local.resource_group.name
    name                  = local.group_name
    location              = local.location
    container             = var.container_group.container
    spec                  = "deploy/${var.environment}.group.yml"
    azure-client-id       = azurerm_user_assigned_identity.deploy.client_id
    azure-tenant-id       = data.azurerm_client_config.this.tenant_id
    azure-subscription-id = data.azurerm_client_config.this.subscription_id
    azure-environment     = var.cloud
    health-path           = var.container_group.health_path
  })
}

output "spec" {
  description = "Input `spec` of deploy-aci: terraform output -raw spec > deploy/ENVIRONMENT.group.yml"
  value       = yamlencode(local.spec)
}

output "login-server" {
  description = "Address of the registry."
  value       = local.registry.login_server
}

output "ip" {
  description = "null where deployments create the group. A group that is recreated has another one."
  value       = local.ip
}

output "fqdn" {
  description = "null where deployments create the group, and for a group in a subnet."
  value       = local.fqdn
}

output "vault-uri" {
  description = "For references to secrets: VAULT-URI and secrets/NAME."
  value       = one(azurerm_key_vault.this[*].vault_uri)
}

output "app-principal-id" {
  description = "Principal of the identity that the app has, for roles of your own."
  value       = azurerm_user_assigned_identity.app.principal_id
}

output "log-workspace-id" {
  description = "Workspace ID (customer ID) that a container group is given; null without logs."
  value       = local.workspace.workspace_id
}

output "log-workspace-key" {
  description = "Its key, which each deployment has to give again: a secret of the environment."
  value       = local.workspace.key
  sensitive   = true
}

locals {
  ip   = one(azurerm_container_group.this[*].ip_address)
  fqdn = local.dns_label == null ? null : one(azurerm_container_group.this[*].fqdn)
  host = var.container_group.create ? (local.dns_label == null ? local.ip : local.fqdn) : null
  health_url = local.host == null ? null : join("", [
    "http://", local.host, var.container_group.port == 80 ? "" : ":${var.container_group.port}", var.container_group.health_path,
  ])
}
